//! The schedule of a flag: times that can be read. One that ends before it starts is never on.

use serde_json::Value;

use super::{super::read, Check, ensure, object, optional_list, percentage};

/// Checks a schedule; none is fine.
pub(crate) fn check(schedule: &Value) -> Check {
    if schedule.is_null() {
        return Ok(());
    }
    object(schedule, "schedule")?;
    optional_time(schedule, "starts_at")?;
    optional_time(schedule, "ends_at")?;
    optional_list(schedule, "ramp")?.iter().try_for_each(ramp_step)
}

fn ramp_step(step: &Value) -> Check {
    object(step, "ramp")?;
    ensure(optional_time(step, "at")?.is_some(), || "ramp: a step without `at`".to_owned())?;
    ensure(!step["percentage"].is_null(), || "ramp: a step without `percentage`".to_owned())?;
    percentage(&step["percentage"])
}

fn optional_time(owner: &Value, key: &str) -> Result<Option<f64>, String> {
    let value = &owner[key];
    let time = read::seconds(value);
    ensure(value.is_null() || time.is_some(), || format!("{key}: {value} is no time"))?;
    Ok(time)
}
