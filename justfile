# Recipes call the same steps as ./test does.

default:
    @just --list

# Everything: checks, tests, and what they need
test *args:
    ./test {{args}}

# Formatting, lints, documentation, architecture
check:
    ./test fmt clippy doc domain sizes

# The studio, for development
run *args:
    cargo run -- {{args}}

# Speed, beside the floor
bench:
    cargo bench -p castad-tests --bench read
    cargo bench -p castad-sql -p castad-studio -p castad-azure-blob

# The same of what needs MySQL, Redis and NATS in containers: the queue of work, a hot member's points, a lock
bench-servers:
    cargo bench -p castad-tests --bench work --bench points
    cargo bench -p castad-redis

# Production on this machine: MySQL and Azurite in containers, stand-ins for the providers, an ad through all of it
rehearse:
    tests/rehearse

# A fleet of real processes, killed one by one while the servers lose their power: CASTAD_STORM_SECONDS, CASTAD_TEST_SEED
storm:
    cargo build -p castad-app -p castad-tests --bins --test storm
    CASTAD_STORM_SECONDS=${CASTAD_STORM_SECONDS:-600} CASTAD_TEST_REQUIRE=docker,mysql cargo test -p castad-app -p castad-tests --test storm -- --nocapture

# The checked-in description of the API
openapi:
    cargo run -q -p castad-app -- openapi > docs/openapi.json

# The program against what its description allows: ten thousand requests, half of them no good, as a member and as an admin
fuzz:
    cargo build -p castad-app -p castad-tests --bins --test fuzz
    CASTAD_FUZZ_CASES=${CASTAD_FUZZ_CASES:-10000} CASTAD_TEST_REQUIRE=python cargo test -p castad-app -p castad-tests --test fuzz -- --nocapture

# Keep what this release asks of its database and tells of its API: the next one must still answer it
release: openapi
    cp docs/openapi.json docs/openapi.released.json
    CASTAD_TEST_RELEASE=$PWD/crates/sql/src/explain/released.sql cargo test -q -p castad-sql --lib keep_the_texts_of_this_release -- --ignored
