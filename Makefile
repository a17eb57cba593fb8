# Lacuna's commands; `make help` lists them.
#   PHOTO=my.jpg        the photo `make run` opens
#   PYTHON=python3.12   the Python to make .venv with (3.11 or newer)
#   JOBS=4              processes `make test` runs at once (2)

PY := .venv/bin/python
SAMPLES := assets/samples
PHOTO ?=
JOBS ?= 2
SCREEN := $(or $(DISPLAY),$(WAYLAND_DISPLAY),$(filter Darwin,$(shell uname -s)))
PINS := pyproject.toml constraints.txt .ci/setup

.PHONY: run test lint bench bench-speed bench-app bench-train test-faults test-faults-long fuzz mutate bench-start package test-package test-hosts \
	screens clean help

run: .venv/.run  ## open the window with the sample photo, or with PHOTO=my.jpg
ifneq ($(SCREEN),)
	@sh .ci/system-packages window
	@$(PY) main.py "$(or $(PHOTO),$(SAMPLES)/sample.jpg)"
else ifneq ($(PHOTO),)
	@echo 'There is no screen to open $(PHOTO) on. To fill it without one, paint a mask (white = fill):'
	@echo '    $(PY) main.py fill "$(PHOTO)" --mask MASK.png'
	@exit 2
else
	@echo 'There is no screen, so Lacuna fills its sample photo instead of opening a window.'
	@mkdir -p out
	@$(PY) main.py fill $(SAMPLES)/sample.jpg --mask $(SAMPLES)/sample-mask.png \
		--out out/sample-filled.jpg --overwrite
endif

test: .venv/.test  ## run the whole test suite, without a screen
	@sh .ci/system-packages offscreen
	@QT_QPA_PLATFORM=offscreen $(PY) -m pytest -q -n $(JOBS) --dist loadfile

screens: .venv/.test  ## take the pictures anew that the window must look like exactly
	@sh .ci/system-packages offscreen
	@QT_QPA_PLATFORM=offscreen $(PY) -m pytest -q tests/app/widgets/test_screens.py --remake-screens

lint: .venv/.test  ## ruff and mypy
	@$(PY) -m ruff check
	@$(PY) -m ruff format --check
	@$(PY) -m mypy

bench: .venv/.test  ## measure the engine: speed beside rivals, memory, time to the first fill
	@sh .ci/system-packages offscreen
	@QT_QPA_PLATFORM=offscreen $(PY) tests/bench/bench_speed.py
	@QT_QPA_PLATFORM=offscreen $(PY) tests/bench/bench_engine.py

bench-speed: .venv/.test  ## measure what photographers wait for and write docs/speed.md
	@sh .ci/system-packages offscreen
	@QT_QPA_PLATFORM=offscreen $(PY) tests/bench/bench_speed.py --write

bench-app: .venv/.test  ## measure the window, and the memory of a session
	@sh .ci/system-packages offscreen
	@QT_QPA_PLATFORM=offscreen $(PY) tests/bench/bench_app.py
	@QT_QPA_PLATFORM=offscreen $(PY) tests/bench/bench_paint.py
	@QT_QPA_PLATFORM=offscreen $(PY) tests/bench/bench_session.py

bench-train: .venv/.test  ## measure training
	@$(PY) tests/bench/bench_train.py

FAULTS := tests/faults tests/app/recovery/test_recovery.py tests/app/controllers/test_fallback.py tests/engine/network/test_snapshot.py \
	tests/engine/reader/test_apart.py \
	tests/engine/photo/test_photo_faults.py tests/engine/photo/test_photo_bad_files.py

test-faults: .venv/.test  ## kills, bad files, failing machines: the quick share
	@sh .ci/system-packages offscreen
	@QT_QPA_PLATFORM=offscreen $(PY) -m pytest -q $(FAULTS)

test-faults-long: .venv/.test  ## the whole of it; takes an hour or more
	@sh .ci/system-packages offscreen
	@LACUNA_FAULTS=long QT_QPA_PLATFORM=offscreen $(PY) -m pytest -q $(FAULTS)

fuzz: .venv/.test  ## let a fuzzer make up photos, masks and snapshots; FUZZ= holds its options
	@$(PY) -m pip install -q --disable-pip-version-check -c constraints.txt -e ".[fuzz]"
	@$(PY) tests/faults/fuzz.py $(or $(FUZZ),-max_total_time=180)

mutate: .venv/.test  ## count the mistakes put into the program that the tests notice; SEED=, N=, MUTATE=
	@sh .ci/system-packages offscreen
	@$(PY) tests/mutation/run.py $(if $(SEED),--seed $(SEED)) $(if $(N),--count $(N)) $(MUTATE)

bench-start: .venv/.test  ## measure the packaged program's start beside the start from source
	@sh .ci/system-packages offscreen
	@$(PY) tests/bench/bench_start.py

package: .venv/.package  ## make the executables and what people install, in dist/out
	@sh .ci/system-packages window
	@$(PY) packaging/package.py

test-package:  ## install what `make package` made in a bare Debian and use it there (as root)
	@bash packaging/test-package

test-hosts:  ## let darktable and GIMP from Debian call what `make package` made (as root)
	@bash packaging/test-hosts

clean:  ## remove everything made here, .venv included
	@rm -rf .venv build dist out *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis

help:  ## say what there is
	@sed -n 's/^\([a-z-]*\):.*## /make \1: /p' Makefile

.venv/.run: $(PINS)
	@PYTHON="$(PYTHON)" sh .ci/setup ""
	@touch $@

.venv/.test: $(PINS)
	@PYTHON="$(PYTHON)" sh .ci/setup "[test,train]"
	@touch .venv/.run $@

.venv/.package: $(PINS)
	@PYTHON="$(PYTHON)" sh .ci/setup "[build,raw,heic]"
	@touch .venv/.run $@
