"""Copies to hand on: asked for, remembered, written."""
