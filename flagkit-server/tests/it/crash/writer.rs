//! What is killed.

use std::fmt::Write as _;
use std::io::Write as _;
use std::sync::Arc;
use std::time::Duration;

use flagkit_server::config::Database;
use flagkit_server::store::{self, ErrorKind, Store};
use parking_lot::Mutex;

use crate::support::{Place, block_on, change, edit, new_environment};

/// The variable that says where to write, to a process that is to be killed.
pub(super) const PLACE: &str = "FLAGKIT_TEST_PLACE";
/// The variable with a number that no other writer has.
pub(super) const ROUND: &str = "FLAGKIT_TEST_ROUND";
/// How a line begins that says what was acknowledged; it ends with a full stop.
pub(super) const ACKNOWLEDGED: &str = "acknowledged ";

/// Alone, a test that the writer says what it wrote; with [`PLACE`] it writes until it is killed.
#[test]
fn it_acknowledges_what_it_writes() {
    if let Ok(place) = std::env::var(PLACE) {
        let round = std::env::var(ROUND).unwrap();
        return block_on(write(&place.parse().unwrap(), &round, u32::MAX, &std::io::stdout()));
    }
    let place = Place::sqlite();
    let said = Mutex::new(Vec::new());
    block_on(async {
        write(&place.database(), "0", 5, &said).await;
        let store = place.open().await;
        let environment = store.environments().await.unwrap()[0].id;
        let document = store.document(environment).await.unwrap();
        let expected = document.parts.iter().fold(String::new(), |mut text, part| {
            writeln!(text, "{ACKNOWLEDGED}{}.", part.key).unwrap();
            text
        });
        let said = String::from_utf8(said.into_inner()).unwrap();
        let mut lines: Vec<&str> = said.lines().collect();
        lines.sort_unstable();
        assert_eq!(lines, expected.lines().collect::<Vec<_>>());
        assert_eq!(lines.len(), 2 * 5 * TASKS);
    });
}

/// Where acknowledgements go.
trait Output: Sync {
    fn say(&self, text: &str);
}

impl Output for std::io::Stdout {
    fn say(&self, text: &str) {
        let mut output = self.lock();
        output.write_all(text.as_bytes()).unwrap();
        output.flush().unwrap();
    }
}

impl Output for Mutex<Vec<u8>> {
    fn say(&self, text: &str) {
        self.lock().extend_from_slice(text.as_bytes());
    }
}

/// Several writers at once, so that what is killed is a group of changes at times.
const TASKS: usize = 8;

async fn write(database: &Database, round: &str, changes: u32, output: &impl Output) {
    let store = store::open(database).await.unwrap();
    let there = store.environments().await.unwrap();
    let environment = match there.first() {
        Some(environment) => environment.id,
        None => new_environment(&*store, "live").await.id,
    };
    let tasks = (0..TASKS).map(|task| {
        let store = Arc::clone(&store);
        async move {
            for number in 0..changes {
                let keys = ["a", "b"].map(|part| format!("f{round}-{task}-{number:06}-{part}"));
                let edits = keys.iter().map(|key| edit(key, Some("{}"))).collect();
                if keep(&*store, change(environment, edits, 1)).await {
                    output.say(&keys.map(|key| format!("{ACKNOWLEDGED}{key}.\n")).concat());
                }
            }
        }
    });
    futures_util::future::join_all(tasks).await;
    store.close().await;
}

/// Whether a change was acknowledged. A database that is away is waited for.
async fn keep(store: &dyn Store, change: flagkit_server::model::Change) -> bool {
    loop {
        match store.change(change.clone()).await {
            Ok(_) => return true,
            Err(error) if error.kind() == ErrorKind::Uncertain => return false,
            Err(error) if error.kind() == ErrorKind::Unavailable => {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            Err(error) => panic!("{error}: {:?}", std::error::Error::source(&error)),
        }
    }
}
