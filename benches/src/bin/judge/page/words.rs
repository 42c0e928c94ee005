//! Words between the tables. They hold whatever the numbers of a run are.

pub(crate) const HEAD: &str = "\
# The judge

Written by `cargo xtask judge`; do not edit. What FlagKit's default test of events promises, measured by simulation:
false rollbacks, time until a bad release is noticed, users who meet it until then, and costs, beside the rules of
others in the same simulated traffic. Random numbers are the same in every run, so the tables are, too; only costs are
those of a machine and a day.

How a release is simulated: an hour, a tenth of the traffic on the release and the rest on what was there before, unless
a row says otherwise. Requests come as a Poisson process, errors as a Poisson process with the rate times the requests.
The rules see the same counts:

| rule | what it does |
|---|---|
| Flagger | success of the release at least 99 % in each minute; failed checks add up, the fifth rolls back at the next tick |
| Argo Rollouts | the same expression, `failureLimit` 3 |
| z-test, peeking at 5 % | two-sided z-test for two proportions over everything so far, every 10 s, acted upon if the release is the worse side |
| Kayenta | `NetflixACAJudge-v1.0` on the error rates of minutes, judged every 5 minutes over a growing window, rolled back when High |
| GrowthBook, each 60 s | one-sided sequential test at 5 %, absolute difference, refreshed every minute (its default is six hours, with which it finds nothing within one) |
| FlagKit | the e-process of `flagkit_stats::events::EventTest`, margin 1, at the α and with the look that the column names |

The rules of Kayenta and GrowthBook are those of `flagkit-stats`, which pass the cases of the originals. Limits in
parentheses are those of Clopper and Pearson; each is passed with a probability of 1 %.";

pub(crate) const ROUGH: &str = "**Rough numbers**, of `cargo xtask judge --quick`.";

pub(crate) const QUIET: &str = "\
## Releases that change nothing

Share of releases that are rolled back within an hour although they are no worse: 0.5 % errors on both sides.";

pub(crate) const QUIET_REASONS: &str = "\
Rules with a threshold on the release alone measure the service, not the release: where errors are near the threshold by
chance, or a dependency fails for everybody, innocent releases are rolled back. The z-test is right once and wrong when
repeated. FlagKit's is bounded by α at any number of looks, by proof; that less than α is seen is the price of the
proof (evidence overshoots its bound, and an hour is not for ever).

Two rows break the assumption on purpose, and there α is not kept. *Failures counted by request*: a client that fails
five times counts as five, which are not independent; count the first failure of each unit in a window (the row above it),
or divide by a dispersion that was measured before the release (the row below, an approximation, and slower). *Each side's
errors wander apart*: both sides run the same code, but each for itself has phases with more and with fewer errors, such
as two pools of machines would; then one side really is worse for minutes. No test on these counts can tell that from
a release that is worse; a margin above 1 accepts differences of that size, and strata by pool remove them.";

pub(crate) const BAD: &str = "\
## Releases that are worse

Median seconds until the rollback, and requests that the release has served by then. Where less than half of the
releases were rolled back within the hour, the share that was.";

pub(crate) const BAD_REASONS: &str = "\
A short time is worth nothing without its false alarms: who rolls everything back is fast. So each rule of others is
compared with ours at the largest α, of 0.1, 0.25, 1, 5 and 25 %, that promises no more false rollbacks than that rule has
shown on innocent releases in the same traffic. A rule that rolls back more than half of the innocent is left out.

*Nobody before* is what no rule can do better: the earliest second at which the most powerful test (Neyman and Pearson) of
somebody who knows both rates, and that the fault was there from the first second, and who looks once, at that very
second, has found half of the releases with these false alarms. Where a third of the other rule's time is before that,
the aim cannot be met by anything (*impossible*). *Knows both rates* may look each second, as FlagKit does, and is told both
rates: Wald's sequential probability ratio test at the same α, which on average needs the fewest events of all tests that may look at
any time. Where even its median is after that third, no such test meets the aim (*nor who knows*).";

pub(crate) const FLOORS: &str = "\
What remains between that and FlagKit has two parts. A test that may look at any time and knows the ratio of the rates, or
both rates (Wald's sequential probability ratio test, at α = 0.1 %), needs this long; it has no rival among tests that
look at any time. The rest is what it costs FlagKit not to know the ratio: a mixture over eight ratios from 1.05 to 25.
Knowing both rates from the past would be faster by a tenth to a quarter and would roll back innocent releases in each outage.";

pub(crate) const LATE: &str = "\
## Releases that turn bad late

As good as before for half an hour, then worse. Median seconds since, among the releases that were still out.";

pub(crate) const LATE_REASONS: &str = "\
Whatever adds up everything since the beginning has to outweigh the good half hour first, ours as well. `LateTest` bets anew
whenever its last bet has lost most of its stake, with shares of its capital that sum to 1, so α is kept (a row in the table
of releases that change nothing). The judge of releases asks both at once.";

pub(crate) const EXPOSURE: &str = "\
## Failing units before the verdict

Releases with 10 and with 100 times the errors, at α = 0.1 %. Windows end after a time, or when the release has had a number
of exposures.";

pub(crate) const EXPOSURE_REASONS: &str = "\
The evidence of about ten failing units is enough at any traffic. What comes on top is the length of a window: nothing can
be noticed before its first window has ended, and a tenth of 100,000 requests per second fails 500 times in a second at
5 %. So 50 failing units are kept at any traffic where a window ends by its count of exposures, which an application that
counts in its own process can do. Windows of a second keep them while the release fails less than about 50 times a second,
and a scrape every ten seconds while it fails less than about five times. Ramps that begin with 1 % are worth more than
any test.

A window has to end by time or by exposures. One that ends at a failure is no fair coin: the exposures of the side that
failed would always include that one.";

pub(crate) const SPLITS: &str = "\
## Splits

336,000 units, half and half as they should be, and how often somebody who looks regularly calls it a mismatch.";

pub(crate) const COSTS: &str = "\
## Costs

One core, in a loop over the looks of an hour at 100 requests per second.";

pub(crate) const LIMITS: &str = "\
## What this does not show

* Traffic is simulated. Exposures, the split and errors follow the assumptions above, and two rows show what happens where
  real traffic does not.
* The promise is for rates that are no higher than the margin times the control's *in every window*. A release that is
  better in one hour and worse in the next is called worse some time or other, and rightly so.
* One hour and one step. A rollout with several steps that starts a new test in each spends α in each; one test over all
  steps spends it once, which the row with the ramp does.
* Latency, means and quantiles have tests of their own, whose false alarms are simulated in the tests of `flagkit-stats` only.";
