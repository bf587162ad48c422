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

# Keep what this release asks of its database: the next one must still answer it
release:
    CASTAD_TEST_RELEASE=$PWD/crates/sql/src/explain/released.sql cargo test -q -p castad-sql --lib keep_the_texts_of_this_release -- --ignored
