//! `FlagKit`'s own client, behind the lines that `cargo xtask sdks` exchanges with the SDKs of
//! others.
//!
//! In comes `{"ask": question}`, or `{"until": question, "was": value, "seconds": 20}` for a
//! question that is asked again until its value is another; out goes an answer.

#![forbid(unsafe_code)]

use std::error::Error;
use std::io::{self, BufRead, Write};
use std::process::exit;
use std::thread;
use std::time::{Duration, Instant};

use flagkit::{Client, Context, Details, Value, source};
use fork::{Fork, fork, waitpid};
use serde_json::{Value as Json, json};

type Outcome<T = ()> = Result<T, Box<dyn Error>>;

fn main() -> Outcome {
    let arguments = Arguments::read()?;
    let client = arguments.open()?;
    if !client.wait_ready(START) {
        return Err(format!("there are no flags: {:?}", client.status()).into());
    }
    if arguments.mode != "forked" {
        hold(&client)?;
        if arguments.mode == "streaming" {
            // Many programs end like this, and close nothing.
            exit(0);
        }
        return Ok(());
    }
    match fork()? {
        Fork::Parent(child) => exit(i32::from(waitpid(child)? != 0)),
        Fork::Child => {
            let held = hold(&client);
            exit(i32::from(held.is_err()))
        }
    }
}

/// What the command line says.
struct Arguments {
    source: String,
    url: String,
    key: String,
    mode: String,
}

impl Arguments {
    fn read() -> Outcome<Self> {
        let given: Vec<String> = std::env::args().skip(1).collect();
        let after = |name: &str| {
            let place = given.iter().position(|argument| argument == name);
            let value = place.and_then(|place| given.get(place + 1));
            value.cloned().ok_or_else(|| format!("`{name}` is missing"))
        };
        Ok(Self {
            source: after("--source").unwrap_or_else(|_| "flagkit".to_owned()),
            url: after("--url")?,
            key: after("--key")?,
            mode: after("--mode")?,
        })
    }

    fn open(&self) -> Outcome<Client> {
        let builder = match self.source.as_str() {
            "unleash" => Client::builder().source(source::unleash(&self.url, &self.key)),
            _ => Client::builder().server(&self.url, &self.key),
        };
        let builder = match self.mode.as_str() {
            "polling" => builder.options(|options| options.polled().poll_interval(POLL)),
            "streaming" | "forked" => builder.options(|options| options.poll_interval(TOO_LATE)),
            other => return Err(format!("there is no mode `{other}`").into()),
        };
        Ok(builder.open()?)
    }
}

/// Answers every line until there are no more of them.
fn hold(client: &Client) -> Outcome {
    say(&json!({ "ready": concat!("flagkit ", env!("CARGO_PKG_VERSION")) }))?;
    for line in io::stdin().lock().lines() {
        let request: Json = serde_json::from_str(&line?)?;
        let answer = match request.get("until") {
            Some(question) => wait(client, question, &request)?,
            None => answer(client, part(&request, "ask"))?,
        };
        say(&answer)?;
    }
    say(&json!({ "closed": true }))
}

fn wait(client: &Client, question: &Json, request: &Json) -> Outcome<Json> {
    let seconds = part(request, "seconds").as_u64().unwrap_or_default();
    let end = Instant::now() + Duration::from_secs(seconds);
    loop {
        let found = answer(client, question)?;
        if part(&found, "value") != part(request, "was") || Instant::now() > end {
            return Ok(found);
        }
        thread::sleep(Duration::from_millis(20));
    }
}

fn answer(client: &Client, question: &Json) -> Outcome<Json> {
    let flag = part(question, "flag").as_str().unwrap_or_default();
    let default = part(question, "default");
    let context = &client.context(&part(question, "context").to_string())?;
    let kind = part(question, "type").as_str().unwrap_or_default();
    Ok(match kind {
        "enabled" => json!({ "value": client.is_enabled(flag, context) }),
        "variant" => json!({ "value": variant(client, flag, context) }),
        "boolean" => {
            let default = default.as_bool().unwrap_or_default();
            told(&client.boolean_details(flag, context, default), |value| (*value).into())
        }
        "string" => {
            let default = default.as_str().unwrap_or_default();
            told(&client.string_details(flag, context, default), |value| (&**value).into())
        }
        "integer" => {
            let default = default.as_i64().unwrap_or_default();
            told(&client.integer_details(flag, context, default), |value| (*value).into())
        }
        "float" => {
            let default = default.as_f64().unwrap_or_default();
            told(&client.float_details(flag, context, default), |value| (*value).into())
        }
        _ => {
            let found = client.json_details(flag, context, Value::Null);
            let value = if found.error.is_some() { default.clone() } else { json(&found.value) };
            told(&found, |_| value.clone())
        }
    })
}

fn told<T>(found: &Details<T>, to_json: impl Fn(&T) -> Json) -> Json {
    json!({
        "value": to_json(&found.value),
        "variant": found.variant.as_deref(),
        "reason": found.reason.name(),
        "error": found.error.map(flagkit::ErrorCode::name),
    })
}

/// The flag as Unleash's SDKs tell it.
fn variant(client: &Client, flag: &str, context: &Context) -> Json {
    let found = client.json_details(flag, context, Value::Null);
    let Some(name) = found.variant.filter(|_| found.enabled) else {
        return json!({
            "name": "disabled", "enabled": false, "feature_enabled": found.enabled,
            "payload": null,
        });
    };
    let payload = match json(&found.value) {
        Json::String(text) => json!({ "type": "string", "value": text }),
        Json::Number(number) => json!({ "type": "number", "value": number.to_string() }),
        other => json!({ "type": "json", "value": other.to_string() }),
    };
    json!({
        "name": &*name, "enabled": true, "feature_enabled": true, "payload": payload,
    })
}

/// A value as JSON.
fn json(value: &Value) -> Json {
    serde_json::from_str(&value.to_string()).unwrap_or_default()
}

fn part<'v>(value: &'v Json, name: &str) -> &'v Json {
    value.get(name).unwrap_or(&Json::Null)
}

fn say(message: &Json) -> Outcome {
    let mut out = io::stdout().lock();
    writeln!(out, "{message}")?;
    Ok(out.flush()?)
}

const START: Duration = Duration::from_secs(30);
/// Short, so that a change is seen soon.
const POLL: Duration = Duration::from_secs(1);
/// So long that a change is seen by the stream or not at all.
const TOO_LATE: Duration = Duration::from_secs(600);
