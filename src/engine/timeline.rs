//! From the wall clock to the engine's time.

/// A time that never runs backwards, in milliseconds since the first reading.
///
/// The wall clock goes on while a machine sleeps, which is why expiry goes by it. But it can also be set back, and then
/// an entry must not live longer than its time to live from that moment on: a step backwards counts as no time at all,
/// so what an entry had left before the step is what it has left after it.
///
/// A clock may not run yet: some platforms start programs before they have the time. No time passes until it runs, so what
/// was stored in the meantime begins to age with the first real reading.
///
/// ```
/// use keylatch::engine::Timeline;
///
/// let mut timeline = Timeline::new();
/// assert_eq!(timeline.read(Some(1_000_000.0)), 0.0);
/// assert_eq!(timeline.read(Some(1_000_250.0)), 250.0);
/// // The clock is set back by a minute: no time has passed.
/// assert_eq!(timeline.read(Some(940_250.0)), 250.0);
/// ```
#[derive(Debug, Default)]
pub struct Timeline {
    /// The wall clock's reading at the engine's time 0; `None` until the clock runs.
    base: Option<f64>,
    now: f64,
}

impl Timeline {
    /// A timeline that starts with its first reading.
    pub const fn new() -> Self {
        Self { base: None, now: 0.0 }
    }

    /// The engine's time at a reading of the wall clock, in milliseconds. `None` stands for a clock that doesn't run
    /// yet; a reading that is no finite number is taken for the same.
    pub fn read(&mut self, wall: Option<f64>) -> f64 {
        if let Some(wall) = wall.filter(|wall| wall.is_finite()) {
            let base = self.base.unwrap_or(wall - self.now);
            // A step back moves the base along, and time stands still.
            let base = base.min(wall - self.now);
            self.base = Some(base);
            self.now = wall - base;
        }
        self.now
    }

    /// The wall clock's reading that belongs to a moment of the engine's time, as far as the last reading knows.
    pub fn wall(&self, moment: f64) -> f64 {
        moment + self.base.unwrap_or(0.0)
    }

    /// The engine's time that belongs to a reading of the wall clock, as far as the last reading knows.
    pub fn moment(&self, wall: f64) -> f64 {
        wall - self.base.unwrap_or(0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn starts_at_zero_and_follows_the_clock() {
        let mut timeline = Timeline::new();
        assert_eq!(timeline.read(Some(1_000_000.0)), 0.0);
        assert_eq!(timeline.read(Some(1_000_007.0)), 7.0);
        assert_eq!(timeline.wall(7.0), 1_000_007.0);
        assert_eq!(timeline.moment(1_000_000.0), 0.0);
    }

    #[test]
    fn a_step_back_is_no_time_at_all() {
        let mut timeline = Timeline::new();
        timeline.read(Some(5000.0));
        assert_eq!(timeline.read(Some(5100.0)), 100.0);
        assert_eq!(timeline.read(Some(20.0)), 100.0);
        assert_eq!(timeline.read(Some(50.0)), 130.0);
    }

    #[test]
    fn stands_still_until_the_clock_runs() {
        let mut timeline = Timeline::new();
        assert_eq!(timeline.read(None), 0.0);
        assert_eq!(timeline.read(Some(1.7e12)), 0.0);
        assert_eq!(timeline.read(None), 0.0);
        assert_eq!(timeline.read(Some(1.7e12 + 5.0)), 5.0);
    }

    #[test]
    fn a_reading_that_is_no_number_is_none() {
        let mut timeline = Timeline::new();
        timeline.read(Some(10.0));
        assert_eq!(timeline.read(Some(f64::NAN)), 0.0);
        assert_eq!(timeline.read(Some(f64::INFINITY)), 0.0);
        assert_eq!(timeline.read(Some(11.0)), 1.0);
    }
}
