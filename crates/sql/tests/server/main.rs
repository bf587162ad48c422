//! `MySQL` and `MariaDB` keep the promises of the ports, and those of a server that many share.

#[path = "../breaches/texts.rs"]
mod breaches;
#[macro_use]
mod contract;
#[path = "../settings/two.rs"]
mod settings;
mod shared;
mod start;
#[path = "../fairness/walk.rs"]
mod walk;

mod mysql {
    server_tests!(crate::start::MYSQL, "needs MySQL: ./test");
}

mod mariadb {
    server_tests!(crate::start::MARIADB, "needs MariaDB: ./test");
}
