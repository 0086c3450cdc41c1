//! How long memory may be believed without news of the store.

/// What a node hears, and when it has heard nothing for too long. Times are in milliseconds, by a clock of the node that
/// only goes forward.
///
/// Each answer of the feed is news, also one without a change. It is as old as the question: nobody knows when exactly the
/// store has answered.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Doubt {
    limit: f64,
    last: f64,
    is_on: bool,
}

impl Doubt {
    /// A node that begins at a moment, and believes its memory for so long without news.
    #[must_use]
    pub const fn new(limit: f64, now: f64) -> Self {
        Self { limit, last: now, is_on: false }
    }

    /// Whether it is in doubt.
    #[must_use]
    pub const fn is_on(&self) -> bool {
        self.is_on
    }

    /// When it will be in doubt unless there are news before.
    #[must_use]
    pub const fn deadline(&self) -> f64 {
        self.last + self.limit
    }

    /// Takes in news that were asked for at a moment, and have come now. What has expired meanwhile stays so.
    pub const fn news(&mut self, asked: f64, now: f64) {
        if asked > self.last {
            self.last = asked;
            self.is_on &= now >= self.deadline();
        }
    }

    /// Looks at the clock. Returns whether doubt begins: then everything in memory expires.
    pub const fn begins(&mut self, now: f64) -> bool {
        let begins = !self.is_on && now >= self.deadline();
        self.is_on |= begins;
        begins
    }

    /// For how long memory may believe a value that was asked for at a moment, from the store or from its source. Without
    /// doubt it ends with the doubt, or with a change.
    #[must_use]
    pub const fn life(&self, asked: f64, now: f64) -> f64 {
        if self.is_on { asked + self.limit - now } else { f64::INFINITY }
    }
}
