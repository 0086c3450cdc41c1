//! When a value is loaded again before it expires.

/// Whether a value that somebody asks for is loaded again behind: it has lived for its `share`, from 0 to 1, of its time
/// to live. The share differs a little by the number of its slot, so that values that were stored together aren't loaded
/// together.
///
/// ```
/// use keylatch::flight::is_due_ahead;
///
/// assert!(!is_due_ahead(0, 100.0, 20.0, 0.8));
/// assert!(is_due_ahead(0, 100.0, 19.0, 0.8));
/// assert!(!is_due_ahead(0, f64::INFINITY, f64::INFINITY, 0.8), "what never expires is never due");
/// ```
pub fn is_due_ahead(slot: u32, ttl: f64, remaining: f64, share: f64) -> bool {
    let spread = (f64::from(slot) * 0.618_034).fract() * 0.2 * (1.0 - share);
    ttl < f64::INFINITY && remaining < ttl * (1.0 - share - spread)
}
