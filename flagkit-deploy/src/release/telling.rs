//! Telling people, beside everything else: nothing waits for it.

use crate::order::{Severity, Wanted};
use crate::release::Purpose;
use crate::release::walk::Walk;

impl Walk<'_> {
    /// Tells every channel that wants to know.
    pub(super) fn tell(&mut self, severity: Severity, title: &str, text: &str) {
        let plan = &self.release.plan;
        let mut channels: Vec<&str> = Vec::new();
        for telling in plan.notify.iter().filter(|telling| severity >= telling.from) {
            if !channels.contains(&telling.channel.as_str()) {
                channels.push(&telling.channel);
            }
        }
        for channel in channels {
            self.tell_channel(channel, severity, title, text);
        }
    }

    /// Tells one channel.
    pub(super) fn tell_channel(
        &mut self,
        channel: &str,
        severity: Severity,
        title: &str,
        text: &str,
    ) {
        let plan = &self.release.plan;
        let place = if plan.environment.is_empty() {
            plan.target.clone()
        } else {
            format!("{} in {}", plan.target, plan.environment)
        };
        let wanted = Wanted::Notify {
            channel: channel.to_owned(),
            severity,
            title: format!("{place}: {title}"),
            text: text.to_owned(),
            dedup: self.release.id.to_string(),
        };
        self.order(Purpose::Tell, wanted);
    }
}
