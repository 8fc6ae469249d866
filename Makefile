# Everything a person or a machine does with a clone. Needs Python 3.11 or newer, nothing else.

.DEFAULT_GOAL := help
.PHONY: help demo test thorough corpus lint format bench screenshots man crash soak faults fuzz $(FUZZ) lock clean

PIP   := .venv/bin/python -m pip --quiet --disable-pip-version-check
TESTS ?= tests
# Coverage slows the tests by a third.
COVERAGE ?=
# The tests start the program so often that it has to be compiled only once, whatever is set here.
COMPILED := env -u PYTHONDONTWRITEBYTECODE
RUN_TESTS := $(COMPILED) .venv/bin/python -m pytest -n auto --dist worksteal --max-worker-restart 0

# Two stages, so that `make demo` does not wait for tools that only developers need. Each stamp is
# newer than what it was made from, so the next run does nothing.
RUNTIME     := .venv/.runtime
DEVELOPMENT := .venv/.development

# Each target of the fuzzer for so many seconds; `make -j2 fuzz` runs two at once.
FUZZ_SECONDS ?= 60
FUZZ := $(addprefix fuzz-,parse reply bounce identity html auth)

help: ## list the targets
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | while IFS="$$(printf '\t')" read -r name does; \
	do printf '  make %-11s %s\n' "$$name" "$$does"; done

demo: $(RUNTIME) ## play a real conversation over real sockets and print it
	@.venv/bin/casepost demo

test: $(DEVELOPMENT) ## run the tests; TESTS=tests/unit/test_x.py runs a part, COVERAGE=1 measures
	@$(RUN_TESTS) -m 'not thorough' $(if $(COVERAGE),--cov --cov-report=) $(TESTS)
	@$(if $(COVERAGE),echo "Coverage: $$(.venv/bin/python -m coverage report --format=total) % of lines and branches")

thorough: $(DEVELOPMENT) ## run the tests that take long: PostgreSQL all the way, kill -9 at random, workers that die
	@$(RUN_TESTS) -m thorough $(TESTS)

# Labelled mail to compare with; tests/corpus/labels.py says in what form.
CORPUS ?= ../shared/mail
export CORPUS

corpus: $(DEVELOPMENT) ## compare how labelled mail is read; CORPUS=folder, ONLY=check, SHOW=mail
	@PYTHONPATH=tests .venv/bin/python -m corpus $(CORPUS) $(if $(ONLY),--only $(ONLY)) $(if $(SHOW),--show $(SHOW))

HARDENING := systemd-analyze security --no-pager --offline=true --threshold=25

lint: $(DEVELOPMENT) ## check style, types, layers and the systemd unit
	.venv/bin/ruff check
	.venv/bin/ruff format --check
	.venv/bin/mypy
	.venv/bin/lint-imports
	@if command -v systemd-analyze >/dev/null; then \
	    report=$$($(HARDENING) systemd/casepost.service) || { echo "$$report"; exit 1; }; \
	    echo "$$report" | tail -n 1; \
	else echo "systemd-analyze is not here: the unit's hardening was not checked"; fi

format: $(DEVELOPMENT) ## lay out the code and mend what ruff can mend
	.venv/bin/ruff check --fix
	.venv/bin/ruff format

fuzz: $(FUZZ) ## feed nonsense to all that reads mail; FUZZ_SECONDS=600 for longer, SEEDS=DIR adds mail

$(FUZZ): fuzz-%: $(DEVELOPMENT)
	@PYTHONPATH=tests:. .venv/bin/python -P -m fuzz $* $(FUZZ_SECONDS) $(SEEDS) $(FUZZ_OPTIONS)

# Medians of so many rounds of about so many mails; ONLY=part,... measures a part and writes no file.
ROUNDS ?= 5
MAILS ?= 1000

bench: $(DEVELOPMENT) ## measure speed beside limits and peers; ROUNDS=5 MAILS=1000 ONLY=part,...
	@PYTHONPATH=tests:. $(COMPILED) .venv/bin/python -P -m bench --rounds $(ROUNDS) --mails $(MAILS) \
	    $(if $(ONLY),--only $(ONLY))

crash: $(DEVELOPMENT) ## kill a daemon at every point, compare what everybody knows; POINTS=600, BROKEN=1 breaks promises
	@PYTHONPATH=tests $(COMPILED) .venv/bin/python -m crash $(if $(POINTS),--points $(POINTS)) \
	    $(if $(DATABASE),--database $(DATABASE)) $(if $(BROKEN),--broken) $(CRASH_OPTIONS)

SOAK_SECONDS ?= 600
SOAK_OPTIONS ?=

soak: $(DEVELOPMENT) ## steady load on two nodes while processes are killed; SOAK_SECONDS=3600, SOAK_OPTIONS=-h
	@PYTHONPATH=tests $(COMPILED) .venv/bin/python -m soak --seconds $(SOAK_SECONDS) $(SOAK_OPTIONS)

faults: $(DEVELOPMENT) ## break all around a daemon and see what holds; ONLY=words, FAULT_OPTIONS=--all
	@PYTHONPATH=tests:. $(COMPILED) .venv/bin/python -P -m faults $(if $(ONLY),--only "$(ONLY)") $(FAULT_OPTIONS)

screenshots: $(DEVELOPMENT) ## take a picture of every page, light and dark, narrow and wide, into docs/screenshots
	@PYTHONPATH=tests $(COMPILED) .venv/bin/python -m screenshots docs/screenshots

man: $(DEVELOPMENT) ## write docs/man/casepost.1 from what the help says
	@PYTHONPATH=tests .venv/bin/python -m manual docs/man/casepost.1

COMPILED_LIKE := --quiet --universal --python-version 3.11 --generate-hashes --no-header \
                 --no-annotate --no-emit-index-url --no-emit-find-links
COMPILE := .venv/bin/uv pip compile pyproject.toml $(COMPILED_LIKE)

# uv resolves for all systems and Python versions at once, which pip cannot. It is needed for
# nothing else, so it is in no lock file.
lock: $(DEVELOPMENT) ## renew the lock files; UPGRADE=--upgrade takes newer versions
	@$(PIP) install 'uv>=0.13,<0.14'
	$(COMPILE) $(UPGRADE) --group build --output-file requirements.lock
	$(COMPILE) $(UPGRADE) --group build --group dev --constraints requirements.lock \
	    --output-file requirements-dev.lock
	.venv/bin/uv pip compile --group build $(COMPILED_LIKE) --constraints requirements.lock \
	    --output-file requirements-build.lock

clean: ## remove what the other targets made
	rm -rf .venv .coverage .coverage.* .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache build dist
	find gateway bench tests -name __pycache__ -prune -exec rm -rf {} +

$(RUNTIME): pyproject.toml requirements.lock requirements-build.lock .ci/set-up
	@.ci/set-up requirements.lock
	@touch $@

# After the runtime stage: two pips must not write into one folder at once.
$(DEVELOPMENT): $(RUNTIME) requirements-dev.lock
	@.ci/set-up requirements-dev.lock
	@touch $@
