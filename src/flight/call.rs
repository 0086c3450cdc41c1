//! What callers want, and what becomes of them.

use super::{Flight, Waiter};

/// What a caller wants. Durations are in milliseconds; a missing limit is infinite.
#[derive(Debug, Clone, Copy)]
pub struct Call {
    /// How long its loader may take before another caller may load.
    pub lease: f64,
    /// For how long the present value has been expired; infinite if there is none.
    pub stale_for: f64,
    /// For how long after its expiry the value is served if the load fails or takes too long.
    pub grace: f64,
    /// After how long the caller takes the stale value, within `grace`.
    pub timeout: f64,
    /// After how long the caller gives up.
    pub hard_timeout: f64,
    /// For how long after a failed load the caller takes the stale value, within `grace`, and nobody loads.
    pub grace_backoff: f64,
    /// For how long after a failed load the caller is refused, if there is no such value.
    pub negative_backoff: f64,
}

impl Call {
    /// Whether the caller takes the stale value if it has to.
    pub(super) fn has_grace(&self) -> bool {
        self.stale_for < self.grace
    }
}

/// What becomes of a caller who wants a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// It waits for a flight that is under way.
    Join(Flight, Waiter),
    /// It leads a flight: its loader is to be called, once it is the ticket's turn.
    Lead(Flight, Waiter),
    /// It takes the stale value: the last load has failed a short time ago.
    ServeStale,
    /// It is refused, for the same reason.
    Refuse,
}

/// What becomes of a caller for whom a stale value may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refresh {
    /// The value is too old.
    TooOld,
    /// It is served, and a load is under way.
    Serve,
    /// It is served, and the caller leads a flight that nobody waits for.
    Lead(Flight),
}

/// What a caller that has waited for a while does next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// It waits on, for [`patience`](super::Flights::patience).
    Wait,
    /// It gives up.
    TimeOut,
    /// It takes the stale value.
    ServeStale,
    /// It leads a new flight. True if that has the turn of one that had left it, and not taken it away.
    TakeOver(Flight, bool),
}
