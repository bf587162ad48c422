//! A server for all tests of a process, and a database of its own for each.

use std::{
    env,
    io::Write,
    process::{Command, Stdio},
    sync::atomic::{AtomicU32, Ordering},
};

use sqlx::{AssertSqlSafe, Connection, Executor, MySqlConnection, Row};
use testcontainers::{
    GenericImage, ImageExt,
    core::{ContainerPort, Mount, WaitFor},
    runners::AsyncRunner,
};
use tokio::sync::OnceCell;

/// A kind of server, and the one of this process once it was needed.
pub(crate) struct Server {
    image: &'static str,
    tag: &'static str,
    password: &'static str,
    /// Names a server that runs already: `mysql://root:…@host:3306`.
    variable: &'static str,
    url: OnceCell<String>,
    furniture: OnceCell<String>,
}

pub(crate) static MYSQL: Server = Server {
    image: "mysql",
    tag: "9.7",
    password: "MYSQL_ROOT_PASSWORD",
    variable: "CASTAD_TEST_MYSQL_URL",
    url: OnceCell::const_new(),
    furniture: OnceCell::const_new(),
};

pub(crate) static MARIADB: Server = Server {
    image: "mariadb",
    tag: "10.11",
    password: "MARIADB_ROOT_PASSWORD",
    variable: "CASTAD_TEST_MARIADB_URL",
    url: OnceCell::const_new(),
    furniture: OnceCell::const_new(),
};

impl Server {
    /// An empty database.
    pub(crate) async fn database(&self) -> Place {
        static MADE: AtomicU32 = AtomicU32::new(0);
        let server = self.url.get_or_init(|| self.start()).await;
        let number = MADE.fetch_add(1, Ordering::Relaxed);
        let name = format!("castad_{}_{number}", std::process::id());
        let place = Place { server: server.clone(), name };
        place.ask_server(&format!("CREATE DATABASE {}", place.name)).await;
        place
    }

    /// A database as a program leaves one that opened it: the first is opened, the others are made by
    /// its tables, which takes half the time that all steps of the schema do.
    pub(crate) async fn furnished(&self, open: impl AsyncFnOnce(&str)) -> Place {
        let place = self.database().await;
        let furniture = self.furniture.get_or_init(async || {
            let first = self.database().await;
            open(&first.url()).await;
            let text = first.furniture().await;
            // Rows are copied from it: it goes with the server.
            std::mem::forget(first);
            text
        });
        place.tamper(furniture.await).await;
        place
    }

    async fn start(&self) -> String {
        if let Ok(url) = env::var(self.variable) {
            return url.trim_end_matches('/').to_owned();
        }
        let image = GenericImage::new(self.image, self.tag)
            .with_exposed_port(ContainerPort::Tcp(3306))
            .with_wait_for(WaitFor::message_on_either_std("port: 3306"))
            .with_env_var(self.password, "secret")
            // Databases that are gone with the test need not outlive a power cut.
            .with_mount(Mount::tmpfs_mount("/var/lib/mysql"))
            .with_cmd(["--innodb-flush-log-at-trx-commit=0", "--innodb-doublewrite=0"])
            .with_startup_timeout(std::time::Duration::from_mins(3));
        let server = image.start().await.expect("the server starts in a container");
        let host = server.get_host().await.expect("the container has a host");
        let port = server.get_host_port_ipv4(3306).await.expect("the container has a port");
        end_with_this_process(server.id());
        // What is dropped is stopped: this one is stopped by the watcher.
        std::mem::forget(server);
        format!("mysql://root:secret@{host}:{port}")
    }
}

/// Nothing is dropped where a test process ends: a shell that waits for that removes the container.
fn end_with_this_process(container: &str) {
    const WAIT: &str = "trap '' INT TERM HUP; read -r id; cat >/dev/null; docker rm -fv \"$id\"";
    let mut shell = Command::new("sh");
    shell.args(["-c", WAIT]).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
    let mut watcher = shell.spawn().expect("a shell starts");
    writeln!(watcher.stdin.as_mut().expect("its input is ours"), "{container}")
        .expect("the shell is told");
    std::mem::forget(watcher);
}

/// A database of a server; removed when dropped.
pub(crate) struct Place {
    server: String,
    name: String,
}

impl Place {
    pub(crate) fn url(&self) -> String {
        format!("{}/{}", self.server, self.name)
    }

    /// Runs text behind the store's back.
    pub(crate) async fn tamper(&self, text: &str) {
        run(&self.url(), text).await;
    }

    /// The text that makes its tables and rows in another.
    async fn furniture(&self) -> String {
        let mut to = MySqlConnection::connect(&self.url()).await.expect("the server answers");
        let tables = sqlx::query_scalar::<_, String>("SHOW TABLES").fetch_all(&mut to).await;
        let mut text = vec!["SET foreign_key_checks = 0".to_owned()];
        for table in tables.expect("the tables are listed") {
            let shown = sqlx::query(AssertSqlSafe(format!("SHOW CREATE TABLE {table}")));
            let shown = shown.fetch_one(&mut to).await.expect("the table is shown");
            text.push(shown.get(1));
            let any = AssertSqlSafe(format!("SELECT EXISTS (SELECT * FROM {table})"));
            let any = sqlx::query_scalar::<_, bool>(any).fetch_one(&mut to).await;
            if any.expect("the table is read") {
                text.push(format!("INSERT INTO {table} SELECT * FROM {}.{table}", self.name));
            }
        }
        to.close().await.expect("the connection closes");
        text.join(";")
    }

    /// Ends every connection to the database, as a server that restarts does.
    pub(crate) async fn end_connections(&self) {
        let mut to = MySqlConnection::connect(&self.server).await.expect("the server answers");
        for id in self.connections(&mut to).await {
            let kill = sqlx::raw_sql(AssertSqlSafe(format!("KILL {id}")));
            to.execute(kill).await.expect("the connection is ended");
        }
        to.close().await.expect("the connection closes");
    }

    /// Shown, not selected from `information_schema`: that fails while a connection of another test
    /// runs a statement with letters that the schema's own character set lacks.
    async fn connections(&self, to: &mut MySqlConnection) -> Vec<i64> {
        let list = sqlx::query("SHOW PROCESSLIST").fetch_all(to).await;
        let list = list.expect("the server lists its connections").into_iter();
        let ours =
            list.filter(|row| row.get::<Option<String>, _>("db").as_ref() == Some(&self.name));
        // Told with its sign by one server and without by the other.
        ours.map(|row| row.get_unchecked("Id")).collect()
    }

    async fn ask_server(&self, text: &str) {
        run(&self.server, text).await;
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let (server, text) = (self.server.clone(), format!("DROP DATABASE {}", self.name));
        // Not waited for: a connection that comes back only as this thread goes on may hold it up.
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.expect("a runtime is built").block_on(run(&server, &text));
        });
    }
}

async fn run(url: &str, text: &str) {
    let mut to = MySqlConnection::connect(url).await.expect("the server answers");
    let text = sqlx::raw_sql(AssertSqlSafe(text.to_owned()));
    to.execute(text).await.expect("the text runs");
    to.close().await.expect("the connection closes");
}
