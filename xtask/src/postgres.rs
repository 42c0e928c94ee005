//! A PostgreSQL of our own: a fresh cluster on a free port of this machine, gone at the end.

use std::env;
use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process;
use std::thread;
use std::time::{Duration, Instant};

use crate::command_line::CommandLine;
use crate::failure::{Failure, Outcome};
use crate::process::Process;

/// A running cluster; stopped and deleted when dropped.
pub(crate) struct Postgres {
    folder: PathBuf,
    programs: PathBuf,
    port: u16,
    server: Option<Process>,
}

impl Postgres {
    /// Starts a cluster of the newest PostgreSQL that is installed.
    ///
    /// # Errors
    ///
    /// Also where none is installed, with how to get one.
    pub(crate) fn start() -> Result<Self, Failure> {
        let programs = programs().ok_or_else(|| {
            Failure::new("PostgreSQL is not installed; for example: apt-get install postgresql")
        })?;
        // Not under `target`: the user that runs it may not enter the folders above.
        let folder = env::temp_dir().join(format!("flagkit-postgres-{}", process::id()));
        fs::create_dir_all(&folder).map_err(|error| {
            Failure::new(format!("cannot make `{}`: {error}", folder.display()))
        })?;
        let mut cluster = Self { folder, programs, port: free_port()?, server: None };
        cluster.make()?;
        cluster.run()?;
        Ok(cluster)
    }

    /// Where a database of the cluster is, for the user that may do everything.
    pub(crate) fn url(&self, database: &str) -> String {
        format!("postgres://{USER}@127.0.0.1:{}/{database}", self.port)
    }

    /// Creates a database, as soon as the cluster takes connections.
    pub(crate) fn create_database(&self, name: &str) -> Outcome {
        let port = self.port;
        let connection = format!("--host 127.0.0.1 --port {port} --username {USER}");
        let ready = CommandLine::new(self.program("pg_isready"), &format!("--quiet {connection}"));
        let end = Instant::now() + START;
        while !ready.succeeds() && Instant::now() < end {
            thread::sleep(Duration::from_millis(50));
        }
        CommandLine::new(self.program("createdb"), &connection).and(name).run()
    }

    fn make(&self) -> Outcome {
        if is_root() {
            let folder = self.folder.display().to_string();
            CommandLine::new("chown", NOBODY).and(folder).run()?;
        }
        let initdb = format!("--auth trust --encoding UTF8 --no-sync --username {USER} --pgdata");
        as_user(&self.program("initdb"), &initdb).and(self.data()).output().map(|_| ())
    }

    fn run(&mut self) -> Outcome {
        let command = as_user("sh", "-c")
            .and(UNTIL_THE_INPUT_ENDS)
            .and(self.program("postgres"))
            .and(self.data())
            .and(self.port.to_string())
            .and(self.folder.join("log").display().to_string());
        self.server = Some(Process::start(command)?);
        Ok(())
    }

    fn data(&self) -> String {
        self.folder.join("data").display().to_string()
    }

    fn program(&self, name: &str) -> String {
        self.programs.join(name).display().to_string()
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        let stopped = self.server.take().map(|server| server.end(STOP));
        if let Some(Err(failure)) = stopped {
            eprintln!("PostgreSQL did not stop in time: {failure}");
        }
        // What cannot be deleted lies in the folder for temporary files.
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// A command as somebody else: PostgreSQL refuses to run as root.
fn as_user(program: &str, arguments: &str) -> CommandLine {
    if is_root() {
        CommandLine::new("runuser", &format!("--user {NOBODY} -- {program} {arguments}"))
    } else {
        CommandLine::new(program, arguments)
    }
}

/// The folder of the newest installed programs: Debian keeps them off the path.
fn programs() -> Option<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut of_debian: Vec<PathBuf> =
        versions.map(|version| version.path().join("bin")).filter(|bin| has_all(bin)).collect();
    of_debian.sort();
    let path = env::var_os("PATH").unwrap_or_default();
    of_debian.pop().or_else(|| env::split_paths(&path).find(|bin| has_all(bin)))
}

fn has_all(folder: &Path) -> bool {
    let needed = ["initdb", "postgres", "createdb", "pg_isready"];
    needed.iter().all(|program| folder.join(program).is_file())
}

fn is_root() -> bool {
    CommandLine::new("id", "-u").output().is_ok_and(|id| id.trim() == "0")
}

/// A port that nobody listens on right now.
pub(crate) fn free_port() -> Result<u16, Failure> {
    let listener = TcpListener::bind(("127.0.0.1", 0));
    let address = listener.and_then(|listener| listener.local_addr());
    address
        .map(|address| address.port())
        .map_err(|error| Failure::new(format!("there is no free port: {error}")))
}

/// The database ends with the input, so also when whoever started it is gone without a word.
const UNTIL_THE_INPUT_ENDS: &str = "\"$0\" -D \"$1\" -p \"$2\" -c listen_addresses=127.0.0.1 \
     -c unix_socket_directories= -c fsync=off >\"$3\" 2>&1 & read -r _; kill -INT $!; wait $!";
const USER: &str = "flagkit";
const NOBODY: &str = "nobody";
const START: Duration = Duration::from_secs(30);
const STOP: Duration = Duration::from_secs(20);
