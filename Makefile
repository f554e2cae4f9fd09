# SPDX-License-Identifier: Apache-2.0
PARLEY := .build/release/parley
PYTEST := .build-venv/bin/pytest -c Tests/pytest.ini

.DEFAULT_GOAL := help
.PHONY: help setup build run test lint test-swift test-web test-conformance test-browser bench clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-17s %s\n", $$1, $$2 }' Makefile

setup: ## Install what is missing: system libraries, browsers, a Python environment for the tests
	@.ci/setup

build: ## Build the server, optimised
	@.ci/setup build
	swift build -c release --product parley

run: build ## Build the server and run it with its page on http://localhost:3000
	@echo "Parley is starting on http://localhost:3000 - open it in two windows to make a call."
	@exec $(PARLEY) serve --port 3000 --web web

test: setup test-swift test-web build test-conformance test-browser ## Build and run every test
	@echo "All tests passed."

test-swift: ## Unit tests of the Swift modules
	@.ci/setup build
	swift build --build-tests --explicit-target-dependency-import-check error
	swift test --skip-build

lint: ## Formatting, as .swift-format says
	swift format lint --strict --recursive Package.swift Sources Tests

test-web: ## Unit tests and types of the web page, where Node.js 18 and tsc are installed
	@if node -e 'process.exit(parseInt(process.versions.node) < 18 ? 1 : 0)' 2>/dev/null; then node --test Tests/Web/*.test.mjs; \
	else echo "Node.js 18 or newer is not installed: the unit tests in Tests/Web are left out."; fi
	@if command -v tsc >/dev/null; then tsc --project Tests/Web; \
	else echo "tsc (node-typescript) is not installed: the types of the web page are not checked."; fi

test-conformance: setup build ## Protocols, hostile input, signaling, native peers, against the optimised server
	$(PYTEST) Tests/Conformance

test-browser: setup build ## Calls and clients in Chromium and Firefox, against the optimised server
	$(PYTEST) Tests/Browser

bench: setup build ## Figures of the load generator, where it is at hand; WRITE=1 replaces the committed ones
	@.ci/bench $(if $(WRITE),--write)

clean: ## Remove everything that was built
	rm -rf .build .build-venv
