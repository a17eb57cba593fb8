"""How fills are judged: by pixels, by perception, as a set, and by their variety.

Every number is printed under the name of what measured it. ``lpips_alex``, ``lpips_vgg`` and
``fid_inception`` need their standard weight files; ``st_lpips_alex`` and ``kid_efflite0`` work with
weights that come inside published packages. None of these networks takes part in training.
"""
