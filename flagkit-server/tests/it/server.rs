//! A real server on a free port, with a database of its own, and what it is made of.

use std::sync::atomic::{AtomicU32, Ordering};

use flagkit_server::config::Config;
use flagkit_server::{RunningServer, Server};
use serde_json::json;

use crate::client::Client;

/// A server with the project `shop` and its environments `production` and `staging`.
pub(crate) struct TestServer {
    pub(crate) running: Option<RunningServer>,
    /// With a key that may do everything.
    pub(crate) admin: Client,
    folder: std::path::PathBuf,
}

impl TestServer {
    pub(crate) fn start() -> Self {
        Self::with(&[])
    }

    /// With these settings.
    pub(crate) fn with(settings: &[(&str, &str)]) -> Self {
        let folder = folder();
        let running = start(&folder, settings);
        let key = running.first_key().expect("the database is new").reveal().to_owned();
        let admin = Client { address: running.admin_address(), key: Some(key) };
        admin.send("POST", "/api/v1/projects", &json!({ "key": "shop", "name": "Shop" })).is(201);
        let environments = "/api/v1/projects/shop/environments";
        let production = json!({ "key": "production", "name": "Production", "production": true });
        admin.send("POST", environments, &production).is(201);
        admin.send("POST", environments, &json!({ "key": "staging" })).is(201);
        Self { running: Some(running), admin, folder }
    }

    /// The same database after a stop.
    pub(crate) fn restart(&mut self) {
        drop(self.running.take());
        let running = start(&self.folder, &[]);
        assert!(running.first_key().is_none());
        self.admin.address = running.admin_address();
        self.running = Some(running);
    }

    /// The same at an address where applications look for it.
    pub(crate) fn restart_at(&mut self, address: std::net::SocketAddr) {
        drop(self.running.take());
        let running = start(&self.folder, &[("listen", &address.to_string())]);
        self.admin.address = running.admin_address();
        self.running = Some(running);
    }

    /// A client with a new key for production.
    pub(crate) fn client(&self, scope: &str) -> Client {
        self.client_of(scope, "production")
    }

    pub(crate) fn client_of(&self, scope: &str, environment: &str) -> Client {
        let body = json!({ "scope": scope, "name": "test", "project": "shop", "environment": environment });
        let created = self.admin.send("POST", "/api/v1/keys", &body).is(201).json();
        let address = self.running.as_ref().unwrap().address();
        Client { address, key: Some(created["secret"].as_str().unwrap().to_owned()) }
    }

    /// Puts a flag into production; the version of the environment after that.
    #[track_caller]
    pub(crate) fn put(&self, flag: &str, json: &serde_json::Value) -> u64 {
        let answer = self.admin.send("PUT", &format!("{FLAGS}/{flag}"), json);
        assert!(matches!(answer.status, 200 | 201), "{}", answer.text());
        number(&answer.json()["version"])
    }
}

impl Drop for TestServer {
    fn drop(&mut self) {
        drop(self.running.take());
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

fn start(folder: &std::path::Path, settings: &[(&str, &str)]) -> RunningServer {
    start_over(&folder.join("flags.db").display().to_string(), settings)
}

/// A server over this database.
pub(crate) fn start_over(database: &str, settings: &[(&str, &str)]) -> RunningServer {
    let own = [("listen", "127.0.0.1:0"), ("database", database), ("log", "off")];
    let options = own.iter().chain(settings);
    let options = options.map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Server::start(Config::read(options, []).unwrap()).unwrap()
}

fn folder() -> std::path::PathBuf {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    // Relaxed: only that each number is given once matters.
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let name = format!("flagkit-server-{}-{number}", std::process::id());
    let folder = std::env::temp_dir().join(name);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// The number of a version.
#[track_caller]
pub(crate) fn number(version: &serde_json::Value) -> u64 {
    let version: flagkit_protocol::Version = version.as_str().unwrap().parse().unwrap();
    version.number
}

pub(crate) const PRODUCTION: &str = "/api/v1/projects/shop/environments/production";
pub(crate) const STAGING: &str = "/api/v1/projects/shop/environments/staging";
pub(crate) const FLAGS: &str = "/api/v1/projects/shop/environments/production/flags";
