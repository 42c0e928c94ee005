//! Usage: adding it up, bounded, and asking for it.

mod admit;

use std::collections::{BTreeMap, BTreeSet};

use self::admit::{Outcome, admit, outcomes, shortened};
use super::environments::find_environment;
use crate::model::{EnvironmentId, ExposureCount, LastSeen, Usage, UsageCount, UsageQuery};
use crate::store::Result;
use crate::store::session::{Lock, Operation, Row, Session, values};

/// A report.
pub(in crate::store) struct AddUsage(pub(in crate::store) Usage);

impl Operation for AddUsage {
    type Answer = bool;

    async fn run<S: Session>(&self, session: &mut S) -> Result<bool> {
        let Self(usage) = self;
        let id = usage.environment;
        session.lock(Lock::Usage(id.0)).await?;
        find_environment(session, id).await?;
        let sql = "INSERT INTO flagkit_usage_reports (environment, report, received_at_ms) \
                   VALUES ($1, $2, $3) ON CONFLICT DO NOTHING RETURNING received_at_ms";
        let values = values![id.0, shortened(&usage.report), usage.received_at_ms];
        if session.query(sql, &values).await?.is_empty() {
            return Ok(false);
        }
        let mut counted = BTreeSet::new();
        let unknown = add_known(session, id, outcomes(usage), &mut counted).await?;
        add_unknown(session, id, unknown, &mut counted).await?;
        note_last_seen(session, usage, counted).await?;
        add_exposures(session, usage).await?;
        Ok(true)
    }
}

/// Adds to the rows that are there and gives the rest.
async fn add_known<S: Session>(
    session: &mut S,
    id: EnvironmentId,
    outcomes: BTreeMap<Outcome, u64>,
    counted: &mut BTreeSet<String>,
) -> Result<BTreeMap<Outcome, u64>> {
    let sql = "UPDATE flagkit_usage SET evaluations = evaluations + $1 WHERE environment = $2 \
               AND hour = $3 AND flag = $4 AND variant = $5 AND reason = $6 RETURNING hour";
    let values = |(outcome, count): (&Outcome, &u64)| {
        let Outcome { hour, flag, variant, reason } = outcome;
        values![*count, id.0, *hour, &**flag, &**variant, &**reason]
    };
    let lists: Vec<_> = outcomes.iter().map(values).collect();
    let updated = session.many(sql, &lists).await?;
    let mut unknown = BTreeMap::new();
    for ((outcome, count), rows) in outcomes.into_iter().zip(updated) {
        if rows.is_empty() {
            unknown.insert(outcome, count);
        } else {
            counted.insert(outcome.flag);
        }
    }
    Ok(unknown)
}

/// Makes rows for the rest, as far as an hour has room for them.
async fn add_unknown<S: Session>(
    session: &mut S,
    id: EnvironmentId,
    unknown: BTreeMap<Outcome, u64>,
    counted: &mut BTreeSet<String>,
) -> Result<()> {
    let mut by_hour: BTreeMap<u64, BTreeMap<Outcome, u64>> = BTreeMap::new();
    for (outcome, count) in unknown {
        by_hour.entry(outcome.hour).or_default().insert(outcome, count);
    }
    for (hour, outcomes) in by_hour {
        let sql = "SELECT outcomes FROM flagkit_usage_hours WHERE environment = $1 AND hour = $2";
        let there = session.query(sql, &values![id.0, hour]).await?.pop();
        let there = there.map_or(Ok(0), |mut row| row.number())?;
        let room = OUTCOMES_MAX.saturating_sub(there);
        let (admitted, others) = admit(outcomes, room);
        let new = admitted.len() as u64;
        counted.extend(admitted.keys().map(|outcome| outcome.flag.clone()));
        insert(session, id, admitted.into_iter().chain(others).collect()).await?;
        let sql = "INSERT INTO flagkit_usage_hours (environment, hour, outcomes) \
                   VALUES ($1, $2, $3) ON CONFLICT (environment, hour) \
                   DO UPDATE SET outcomes = flagkit_usage_hours.outcomes + excluded.outcomes";
        session.query(sql, &values![id.0, hour, new]).await?;
    }
    Ok(())
}

async fn insert<S: Session>(
    session: &mut S,
    id: EnvironmentId,
    outcomes: BTreeMap<Outcome, u64>,
) -> Result<()> {
    let sql = "INSERT INTO flagkit_usage (environment, hour, flag, variant, reason, evaluations) \
               VALUES ($1, $2, $3, $4, $5, $6) \
               ON CONFLICT (environment, hour, flag, variant, reason) \
               DO UPDATE SET evaluations = flagkit_usage.evaluations + excluded.evaluations";
    let values = |(outcome, count): (&Outcome, &u64)| {
        let Outcome { hour, flag, variant, reason } = outcome;
        values![id.0, *hour, &**flag, &**variant, &**reason, *count]
    };
    let lists: Vec<_> = outcomes.iter().map(values).collect();
    session.many(sql, &lists).await.map(drop)
}

/// Flags that had no room are left out here, too.
async fn note_last_seen<S: Session>(
    session: &mut S,
    usage: &Usage,
    counted: BTreeSet<String>,
) -> Result<()> {
    let sql = "INSERT INTO flagkit_last_seen (environment, flag, at_ms) VALUES ($1, $2, $3) \
               ON CONFLICT (environment, flag) DO UPDATE SET at_ms = excluded.at_ms \
               WHERE flagkit_last_seen.at_ms < excluded.at_ms";
    let (id, at_ms) = (usage.environment.0, usage.received_at_ms);
    let lists: Vec<_> = counted.iter().map(|flag| values![id, &**flag, at_ms]).collect();
    session.many(sql, &lists).await.map(drop)
}

async fn add_exposures<S: Session>(session: &mut S, usage: &Usage) -> Result<()> {
    let sql = "INSERT INTO flagkit_exposures (environment, flag, unit, variant, at_ms) \
               VALUES ($1, $2, $3, $4, $5) ON CONFLICT (environment, flag, unit, variant) \
               DO UPDATE SET at_ms = excluded.at_ms \
               WHERE flagkit_exposures.at_ms < excluded.at_ms";
    let id = usage.environment.0;
    let values = |exposure: &ExposureCount| {
        let ExposureCount { flag, unit, variant, at_ms } = exposure;
        let at_ms = (*at_ms).min(usage.received_at_ms);
        values![id, shortened(flag), shortened(unit), shortened(variant), at_ms]
    };
    let lists: Vec<_> = usage.exposures.iter().map(values).collect();
    session.many(sql, &lists).await.map(drop)
}

/// Counts.
pub(in crate::store) struct ListUsage(pub(in crate::store) UsageQuery);

impl Operation for ListUsage {
    type Answer = Vec<UsageCount>;

    async fn run<S: Session>(&self, session: &mut S) -> Result<Vec<UsageCount>> {
        let UsageQuery { environment, flag, from_hour, to_hour, limit } = &self.0;
        let limit = u64::from((*limit).min(COUNTS_MAX));
        let mut values = values![environment.0, *from_hour, *to_hour, limit].to_vec();
        let mut only = "";
        if let Some(flag) = flag {
            values.push(shortened(flag).into());
            only = "AND flag = $5";
        }
        let sql = format!(
            "SELECT flag, variant, reason, hour, evaluations FROM flagkit_usage \
             WHERE environment = $1 AND hour >= $2 AND hour < $3 {only} \
             ORDER BY hour, flag, variant, reason LIMIT $4"
        );
        session.query(&sql, &values).await?.into_iter().map(usage_count).collect()
    }
}

fn usage_count(mut row: Row) -> Result<UsageCount> {
    Ok(UsageCount {
        flag: row.text()?.to_string(),
        variant: row.text()?.to_string(),
        reason: row.text()?.to_string(),
        hour: row.number()?,
        count: row.number()?,
    })
}

/// When flags were asked for last.
pub(in crate::store) struct ListLastSeen(pub(in crate::store) EnvironmentId);

impl Operation for ListLastSeen {
    type Answer = Vec<LastSeen>;

    async fn run<S: Session>(&self, session: &mut S) -> Result<Vec<LastSeen>> {
        let sql = "SELECT flag, at_ms FROM flagkit_last_seen WHERE environment = $1 ORDER BY flag";
        let seen =
            |mut row: Row| Ok(LastSeen { flag: row.text()?.to_string(), at_ms: row.number()? });
        session.query(sql, &values![self.0.0]).await?.into_iter().map(seen).collect()
    }
}

/// Who saw a flag.
pub(in crate::store) struct ListExposures {
    pub(in crate::store) environment: EnvironmentId,
    pub(in crate::store) flag: String,
}

impl Operation for ListExposures {
    type Answer = Vec<ExposureCount>;

    async fn run<S: Session>(&self, session: &mut S) -> Result<Vec<ExposureCount>> {
        let sql = "SELECT flag, unit, variant, at_ms FROM flagkit_exposures \
                   WHERE environment = $1 AND flag = $2 ORDER BY at_ms DESC, unit LIMIT $3";
        let values = values![self.environment.0, shortened(&self.flag), EXPOSURES_SHOWN_MAX];
        let exposure = |mut row: Row| {
            Ok(ExposureCount {
                flag: row.text()?.to_string(),
                unit: row.text()?.to_string(),
                variant: row.text()?.to_string(),
                at_ms: row.number()?,
            })
        };
        session.query(sql, &values).await?.into_iter().map(exposure).collect()
    }
}

/// What is too old goes.
pub(in crate::store) struct Sweep {
    pub(in crate::store) now_ms: u64,
}

impl Operation for Sweep {
    type Answer = ();

    async fn run<S: Session>(&self, session: &mut S) -> Result<()> {
        let reports = self.now_ms.saturating_sub(DAY_MS);
        let usage = self.now_ms.saturating_sub(USAGE_DAYS * DAY_MS);
        let old = [
            ("DELETE FROM flagkit_usage_reports WHERE received_at_ms < $1", reports),
            ("DELETE FROM flagkit_usage WHERE hour < $1", usage / HOUR_MS),
            ("DELETE FROM flagkit_usage_hours WHERE hour < $1", usage / HOUR_MS),
            ("DELETE FROM flagkit_last_seen WHERE at_ms < $1", usage),
            ("DELETE FROM flagkit_exposures WHERE at_ms < $1", usage),
        ];
        for (sql, before) in old {
            session.query(sql, &values![before]).await?;
        }
        let sql = "DELETE FROM flagkit_exposures WHERE environment = $1 AND at_ms <= ( \
                   SELECT newer.at_ms FROM flagkit_exposures AS newer \
                   WHERE newer.environment = $1 ORDER BY newer.at_ms DESC LIMIT 1 OFFSET $2)";
        let environments = session.query("SELECT id FROM flagkit_environments", &[]).await?;
        for mut environment in environments {
            let values = values![environment.number()?, EXPOSURES_MAX];
            session.query(sql, &values).await?;
        }
        Ok(())
    }
}

/// How many rows an hour of an environment has, beside those of `(other)`.
const OUTCOMES_MAX: u64 = 50_000;
const COUNTS_MAX: u32 = 100_000;
const EXPOSURES_MAX: u64 = 100_000;
const EXPOSURES_SHOWN_MAX: u64 = 10_000;
const HOUR_MS: u64 = 3_600_000;
const DAY_MS: u64 = 24 * HOUR_MS;
const USAGE_DAYS: u64 = 90;
