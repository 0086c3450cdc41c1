//! How long a load that has failed waits before its loader is called again.

/// The wait before another try, in milliseconds: it doubles with each one, up to `longest`. Chance, from 0 to 1, takes off
/// up to half of it, so that those who have failed together don't try together.
///
/// ```
/// use keylatch::flight::pause_before;
///
/// let waits = [0, 1, 2, 9].map(|tries| pause_before(tries, 100.0, 1000.0, 0.0));
/// assert_eq!(waits, [100.0, 200.0, 400.0, 1000.0]);
/// assert_eq!(pause_before(0, 100.0, 1000.0, 1.0), 50.0);
/// ```
pub fn pause_before(tries: u32, delay: f64, longest: f64, chance: f64) -> f64 {
    let wait = (0..tries.min(1000)).fold(delay, |wait, _| wait * 2.0).min(longest);
    wait * (1.0 - chance / 2.0)
}
