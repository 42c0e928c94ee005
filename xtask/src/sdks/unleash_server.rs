//! Unleash's own server as a source of flags: `FlagKit`'s client and the vendor's SDK follow it
//! side by side.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::conversation::Conversation;
use super::modes::{own, side_by_side};
use super::rest::Rest;
use crate::command_line::CommandLine;
use crate::failure::{Failure, Outcome};
use crate::packages::Script;
use crate::postgres::{Postgres, free_port};

/// Starts the server on a PostgreSQL of our own, and compares answers before and after changes.
pub(super) fn run(folder: &Path) -> Outcome {
    let vendors = vendors_sdk().install()?;
    let server = server_script().install()?;
    let postgres = Postgres::start()?;
    postgres.create_database("unleash")?;
    let port = free_port()?.to_string();
    let server = server
        .and("--database")
        .and(postgres.url("unleash"))
        .and("--port")
        .and(&port)
        .with("INIT_ADMIN_API_TOKENS", ADMIN_KEY)
        .with("INIT_CLIENT_API_TOKENS", CLIENT_KEY);
    let server = Conversation::begin(server)?;
    println!("{} is the source", server.sdk);
    let url = format!("http://127.0.0.1:{port}");
    let admin = Admin(Rest {
        url: format!("{url}/api/admin"),
        authorization: ADMIN_KEY.to_owned(),
        folder: folder.to_path_buf(),
    });
    admin.create_all()?;
    let vendors = vendors.and("--url").and(&url).and("--key").and(CLIENT_KEY);
    let commands = [
        vendors.clone(),
        vendors.and("--mode").and("streaming"),
        ours(&url, "polling")?,
        ours(&url, "streaming")?,
    ];
    let mut clients = side_by_side(commands.into(), Conversation::begin)?;
    let answers = compare(&mut clients, None)?;
    admin.change()?;
    let answers = answers + compare(&mut clients, Some(&json!(false)))?;
    for client in clients {
        client.close()?;
    }
    println!("{answers} answers to polling and to a stream are those of the vendor's polling SDK");
    server.close()
}

/// The SDK beside which our client follows the server.
pub(super) fn vendors_sdk() -> Script {
    script("unleash-python", "sdk")
}

/// The server itself.
pub(super) fn server_script() -> Script {
    script("unleash-server", "server")
}

fn script(name: &str, main: &'static str) -> Script {
    let home = PathBuf::from("target/sdks").join(name);
    Script::new(Path::new("xtask/sdks").join(name), home, main)
}

/// `FlagKit`'s own client with this server as its source.
fn ours(url: &str, mode: &str) -> Result<CommandLine, Failure> {
    let command = own()?.and("--source").and("unleash").and("--key").and(CLIENT_KEY);
    Ok(command.and("--url").and(url).and("--mode").and(mode))
}

/// Asks all clients the same; the first one is right. How many answers were compared.
fn compare(clients: &mut [Conversation], before: Option<&Value>) -> Result<usize, Failure> {
    let questions = questions();
    let asked = side_by_side(clients.iter_mut().collect(), |client| {
        if let Some(before) = before {
            let last =
                json!({ "flag": LAST, "type": "enabled", "context": { "userId": "user-0" } });
            let answer = client.ask_until_new(&last, before)?;
            if answer.get("value") == Some(before) {
                return Err(Failure::new(format!("{} does not see a change", client.sdk)));
            }
        }
        let answers: Result<Vec<Value>, _> =
            questions.iter().map(|question| client.ask(question)).collect();
        Ok((client.sdk.clone(), answers?))
    })?;
    let Some(((_, right), others)) = asked.split_first() else {
        return Ok(0);
    };
    for (sdk, answers) in others {
        let pairs = questions.iter().zip(right.iter().zip(answers));
        let mut wrong = pairs.filter(|(_, (right, answer))| right != answer);
        if let Some((question, (right, answer))) = wrong.next() {
            return Err(Failure::new(format!(
                "{sdk} answers {question}\n  with     {answer}\n  and not  {right}"
            )));
        }
    }
    Ok(questions.len() * others.len())
}

/// Every flag for many users.
fn questions() -> Vec<Value> {
    let mut questions = Vec::new();
    for user in 0..USERS {
        let country = if user % 3 == 0 { "DE" } else { "US" };
        let context = json!({
            "userId": format!("user-{user}"),
            "properties": { "country": country, "age": (user % 40).to_string() },
        });
        for flag in FLAGS.iter().chain(&[LAST, "nowhere"]) {
            for kind in ["enabled", "variant"] {
                questions.push(json!({ "flag": flag, "type": kind, "context": context }));
            }
        }
    }
    questions
}

/// The administrators' interface of Unleash.
struct Admin(Rest);

impl Admin {
    /// Flags of each kind that the free server has.
    fn create_all(&self) -> Outcome {
        let ask = |path: &str, body: Value| self.0.ask("POST", path, Some(&body.to_string()));
        let segment = ask(
            "/segments",
            json!({ "name": "europe", "constraints": [constraint("country", "IN", "DE")] }),
        )?;
        let segment = segment.get("id").cloned().unwrap_or_default();
        for flag in FLAGS.iter().chain(&[LAST]) {
            ask("/projects/default/features", json!({ "name": flag }))?;
        }
        let adult = json!({
            "contextName": "age", "operator": "NUM_GTE", "value": "18", "values": [],
        });
        for (flag, strategy) in [
            ("everyone", rollout("everyone", "100", json!({}))),
            ("half", rollout("half", "50", json!({}))),
            (
                "third-by-country",
                rollout(
                    "c",
                    "33",
                    json!({ "constraints": [constraint("country", "NOT_IN", "DE")] }),
                ),
            ),
            ("adults", rollout("adults", "100", json!({ "constraints": [adult] }))),
            ("europeans", rollout("europeans", "80", json!({ "segments": [segment] }))),
            ("colors", rollout("colors", "90", json!({ "variants": variants() }))),
            ("child", rollout("child", "70", json!({}))),
            ("off", rollout("off", "100", json!({}))),
            ("archived-later", rollout("archived-later", "90", json!({}))),
            (LAST, rollout(LAST, "100", json!({}))),
        ] {
            ask(&format!("{}/strategies", in_environment(flag)), strategy)?;
            if !["off", LAST].contains(&flag) {
                self.switch(flag, "on")?;
            }
        }
        ask("/projects/default/features/child/dependencies", json!({ "feature": "half" }))?;
        Ok(())
    }

    /// Switches, a new rule, a segment, a flag that goes, and what is seen last.
    fn change(&self) -> Outcome {
        self.switch("everyone", "off")?;
        self.switch("off", "on")?;
        let more =
            rollout("more", "60", json!({ "constraints": [constraint("country", "IN", "US")] }));
        let path = format!("{}/strategies", in_environment("half"));
        self.0.ask("POST", &path, Some(&more.to_string()))?;
        let segments = self.0.ask("GET", "/segments", None)?;
        let id = segments.pointer("/segments/0/id").cloned().unwrap_or_default();
        let others =
            json!({ "name": "europe", "constraints": [constraint("country", "IN", "US")] });
        self.0.ask("PUT", &format!("/segments/{id}"), Some(&others.to_string()))?;
        self.0.ask("DELETE", "/projects/default/features/archived-later", None)?;
        self.switch(LAST, "on")
    }

    fn switch(&self, flag: &str, state: &str) -> Outcome {
        self.0.ask("POST", &format!("{}/{state}", in_environment(flag)), None).map(|_| ())
    }
}

fn in_environment(flag: &str) -> String {
    format!("/projects/default/features/{flag}/environments/development")
}

fn constraint(name: &str, operator: &str, value: &str) -> Value {
    json!({ "contextName": name, "operator": operator, "values": [value] })
}

fn rollout(group: &str, percentage: &str, mut more: Value) -> Value {
    let parameters = json!({ "rollout": percentage, "stickiness": "userId", "groupId": group });
    if let Some(fields) = more.as_object_mut() {
        fields.insert("name".to_owned(), json!("flexibleRollout"));
        fields.insert("parameters".to_owned(), parameters);
    }
    more
}

fn variants() -> Value {
    let variant = |name: &str, weight: u32, kind: &str, value: &str| {
        json!({
            "name": name, "weight": weight, "weightType": "variable", "stickiness": "userId",
            "payload": { "type": kind, "value": value },
        })
    };
    json!([
        variant("blue", 334, "string", "#00f"),
        variant("red", 333, "json", r##"{"color":"#f00"}"##),
        variant("ten", 333, "number", "10"),
    ])
}

const FLAGS: [&str; 9] = [
    "everyone",
    "half",
    "third-by-country",
    "adults",
    "europeans",
    "colors",
    "child",
    "off",
    "archived-later",
];
/// The flag whose change is made last.
const LAST: &str = "seen-last";
const USERS: u32 = 60;
const ADMIN_KEY: &str = "*:*.admin";
const CLIENT_KEY: &str = "*:development.client";
