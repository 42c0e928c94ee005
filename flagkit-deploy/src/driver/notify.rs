//! Telling people: a webhook, Slack, `PagerDuty`, Alertmanager.
//!
//! | channel | what is sent | how often people see it after a crash |
//! |---|---|---|
//! | `webhook` | FlagKit's JSON, with `Idempotency-Key` | once, if the receiver heeds the key |
//! | `slack` | an incoming webhook's message | maybe twice: Slack knows no key |
//! | `pagerduty` | an event of Events API v2, `dedup_key` = the message's | one incident: `PagerDuty` groups by the key |
//! | `alertmanager` | an alert of `/api/v2/alerts`, its labels the message's | one alert: Alertmanager groups by labels |
//!
//! Nobody can look whether a message has arrived, so after a crash it is sent again. A message of severity
//! `info` resolves what was opened under the same key, in `PagerDuty` and in Alertmanager.

use std::time::Duration;

use serde_json::{Value, json};

use crate::driver::http::{Call, Http};
use crate::driver::template::with_environment;
use crate::driver::{Driver, Seen, Work};
use crate::order::{Failure, Order, Outcome, Severity, Wanted};
use crate::plan::{Channel, ChannelKind, Plan};

/// Tells people.
#[derive(Clone, Debug)]
pub struct Notifier {
    /// Talks HTTP.
    pub http: Http,
    /// How long one receiver may take.
    pub timeout: Duration,
    /// Where people see the release: a link that messages carry, if there is one.
    pub link: Option<String>,
}

/// What is told.
struct Message<'a> {
    order: &'a Order,
    plan: &'a Plan,
    severity: Severity,
    title: &'a str,
    text: &'a str,
    dedup: &'a str,
}

impl Notifier {
    /// With ten seconds for a receiver, and no link.
    pub fn new(http: Http) -> Self {
        Self { http, timeout: Duration::from_secs(10), link: None }
    }

    async fn tell(&self, order: &Order, plan: &Plan) -> Result<Outcome, Failure> {
        let Wanted::Notify { channel, severity, title, text, dedup } = &order.wanted else {
            return Err(Failure::permanent("people are told, and nothing else"));
        };
        let Some(found) = plan.channels.get(channel) else {
            return Err(Failure::permanent(format!("the plan has no channel `{channel}`")));
        };
        let message = Message { order, plan, severity: *severity, title, text, dedup };
        let body = self.body(found, &message)?;
        let url = with_environment(&found.url)?;
        let url = match found.kind {
            ChannelKind::Alertmanager if !url.ends_with("/alerts") => {
                format!("{}/api/v2/alerts", url.trim_end_matches('/'))
            }
            _ => url,
        };
        let mut call = Call::post_json(url, &body, self.timeout);
        call = call.header("idempotency-key", format!("\"{}\"", order.id));
        if let (Some(key), ChannelKind::Webhook | ChannelKind::Alertmanager) =
            (&found.key, found.kind)
        {
            call = call.header("authorization", format!("Bearer {}", with_environment(key)?));
        }
        // The address may hold a secret, as Slack's does, so the name of the channel stands for it.
        let named = |failure: Failure| Failure {
            message: format!("channel `{channel}`: {}", failure.message),
            ..failure
        };
        let answer = self.http.ask(call).await.map_err(named)?;
        answer.checked(&format!("channel `{channel}`"))?;
        Ok(Outcome::Done { already: false })
    }

    fn body(&self, channel: &Channel, message: &Message<'_>) -> Result<Value, Failure> {
        match channel.kind {
            ChannelKind::Webhook => Ok(self.webhook(message)),
            ChannelKind::Slack => Ok(self.slack(message)),
            ChannelKind::Alertmanager => Ok(self.alertmanager(message)),
            ChannelKind::Pagerduty => {
                let key = channel.key.as_deref().ok_or_else(|| {
                    Failure::permanent("PagerDuty wants the integration's key: `key: ${NAME}`")
                })?;
                Ok(self.pagerduty(message, &with_environment(key)?))
            }
        }
    }

    fn webhook(&self, message: &Message<'_>) -> Value {
        json!({
            "id": message.order.id.to_string(),
            "release": message.order.id.release,
            "target": message.plan.target,
            "environment": message.plan.environment,
            "severity": message.severity,
            "title": message.title,
            "text": message.text,
            "dedup": message.dedup,
            "link": self.link,
        })
    }

    /// <https://api.slack.com/messaging/webhooks>: `text` is what notifications show.
    fn slack(&self, message: &Message<'_>) -> Value {
        let sign = match message.severity {
            Severity::Info => ":white_check_mark:",
            Severity::Warning => ":warning:",
            Severity::Page => ":rotating_light:",
        };
        let title = escaped(message.title);
        let link =
            self.link.as_ref().map(|link| format!("\n<{link}|{}>", escaped(&message.plan.target)));
        let text =
            format!("{sign} *{title}*\n{}{}", escaped(message.text), link.unwrap_or_default());
        let shown: String = text.chars().take(SLACK_MAX).collect();
        json!({
            "text": format!("{sign} {title}"),
            "blocks": [{ "type": "section", "text": { "type": "mrkdwn", "text": shown } }],
        })
    }

    /// <https://developer.pagerduty.com/docs/events-api-v2/trigger-events/>.
    fn pagerduty(&self, message: &Message<'_>, key: &str) -> Value {
        let (action, severity) = match message.severity {
            Severity::Info => ("resolve", "info"),
            Severity::Warning => ("trigger", "warning"),
            Severity::Page => ("trigger", "critical"),
        };
        let summary: String = message.title.chars().take(PAGERDUTY_MAX).collect();
        let mut event = json!({
            "routing_key": key,
            "event_action": action,
            "dedup_key": dedup(message),
            "payload": {
                "summary": summary,
                "source": message.plan.target,
                "severity": severity,
                "component": message.order.id.release,
                "custom_details": { "text": message.text, "environment": message.plan.environment },
            },
        });
        if let (Some(link), Some(event)) = (&self.link, event.as_object_mut()) {
            event.insert("links".to_owned(), json!([{ "href": link, "text": "the release" }]));
        }
        event
    }

    /// <https://prometheus.io/docs/alerting/latest/clients/>. Labels are the identity of an alert.
    fn alertmanager(&self, message: &Message<'_>) -> Value {
        let severity = match message.severity {
            Severity::Info => "info",
            Severity::Warning => "warning",
            Severity::Page => "page",
        };
        let mut alert = json!({
            "labels": {
                "alertname": "FlagKitRelease",
                "target": message.plan.target,
                "environment": message.plan.environment,
                "release": message.order.id.release,
                "dedup": dedup(message),
            },
            "annotations": { "summary": message.title, "description": message.text, "severity": severity },
        });
        let is_over = message.severity == Severity::Info;
        if let Some(alert) = alert.as_object_mut() {
            if is_over {
                // In the past: the alert is over.
                alert.insert("startsAt".to_owned(), json!("1970-01-01T00:00:00Z"));
                alert.insert("endsAt".to_owned(), json!("1970-01-01T00:00:01Z"));
            }
            alert.extend(self.link.iter().map(|link| ("generatorURL".to_owned(), json!(link))));
        }
        json!([alert])
    }
}

impl Driver for Notifier {
    fn takes(&self, order: &Order, _plan: &Plan) -> bool {
        matches!(order.wanted, Wanted::Notify { .. })
    }

    fn observe<'a>(&'a self, _order: &'a Order, _plan: &'a Plan) -> Work<'a, Seen> {
        Box::pin(async { Ok(Seen::Unknown) })
    }

    fn apply<'a>(&'a self, order: &'a Order, plan: &'a Plan) -> Work<'a, Outcome> {
        Box::pin(self.tell(order, plan))
    }
}

/// What groups messages; a release's own name where none is given.
fn dedup(message: &Message<'_>) -> String {
    let key = if message.dedup.is_empty() { &message.order.id.release } else { message.dedup };
    // PagerDuty's limit, in characters.
    key.chars().take(255).collect()
}

/// Slack's three characters that mean something.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// Slack's longest text of a block, in characters.
const SLACK_MAX: usize = 3000;

/// `PagerDuty`'s longest summary, in characters.
const PAGERDUTY_MAX: usize = 1024;
