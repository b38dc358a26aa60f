# Every target with a comment is shown by make help.
.DEFAULT_GOAL := help

ADDR ?= 127.0.0.1:8080
FUNCTIONS := $(notdir $(wildcard functions/*))

# What the functions are built with, here and by sam build: no net/rpc, no
# paths of this machine, no symbols.
LAMBDA_FLAGS := -tags=lambda.norpc -trimpath -buildvcs=false -ldflags=-s

.PHONY: help
help: ## Show this list
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: run
run: ## Run the whole system on this machine (ADDR=127.0.0.1:8080, DEMO=0 starts empty)
	go build -o bin/holdfast ./cmd/holdfast
	ADDR=$(ADDR) ./bin/holdfast run

.PHONY: test
test: ## Run all tests; peers they need are installed and started by themselves
	@command -v node >/dev/null || echo "No Node.js here: skipped are the tests against real DynamoDB, SES and SQS APIs and the template's validators."
	@test -d ../shared/samples || echo "No ../shared/samples here: skipped are the tests on the sources' own payloads."
	go vet ./...
	go test ./...

.PHONY: race
race: ## Run all tests with the race detector
	go test -race ./...

.PHONY: bench
bench: ## Measure what docs/numbers.md reports
	go test -run '^$$' -bench . -benchmem -timeout 1h ./...

.PHONY: lint
lint: ## Check formatting, vet, staticcheck and that go.mod is tidy
	@test -z "$$(gofmt -l .)" || { gofmt -l .; echo "run gofmt -w on these"; exit 1; }
	go vet ./...
	go tool staticcheck ./...
	go mod tidy -diff

.PHONY: build
build: $(FUNCTIONS:%=bin/%/bootstrap) ## Build bin/holdfast and every function's bootstrap for this machine
	go build -o bin/holdfast ./cmd/holdfast
	./bin/holdfast check

.PHONY: FORCE
bin/%/bootstrap: FORCE
	CGO_ENABLED=0 go build $(LAMBDA_FLAGS) -o $@ ./functions/$*

.PHONY: invoke
invoke: ## Run one function on an event (F=webhook E=events/webhook-unknown-source.json)
	./bin/holdfast invoke $(F) -e $(E)

.PHONY: clean
clean: ## Remove what was built and the local data
	rm -rf bin .holdfast .aws-sam tools/node_modules
