//! Where the border between the window and the main part should be: towards the part whose entries have more hits each.

/// The smallest and the largest share of the capacity that steering gives to the window.
const WINDOW_FLOOR: f64 = 0.01;
const WINDOW_CEILING: f64 = 0.8;
/// Requests between two adjustments of the border: this many for each entry of the capacity, and never fewer than that.
const SAMPLE_PER_ENTRY: u32 = 4;
const SAMPLE_LEAST: u32 = 500;
/// How far the border moves, as a share of the capacity: for each e-fold between the densities, and at the most.
const GAIN: f64 = 0.03;
const STRIDE: f64 = 0.3;

/// What was counted since the border was last moved, and how far it still has to go.
#[derive(Debug)]
pub struct Steering {
    /// Hits in the window.
    pub window_hits: u32,
    /// Hits in the main part.
    pub main_hits: u32,
    /// Entries that came in.
    pub misses: u32,
    /// Entries by which the window should still grow; negative to shrink.
    pub ahead: i32,
}

impl Steering {
    /// Nothing counted yet.
    pub const NEW: Self = Self { window_hits: 0, main_hits: 0, misses: 0, ahead: 0 };

    /// Decides, once enough requests were seen, how far the border should move.
    #[inline]
    pub fn steer(&mut self, window: u32, capacity: u32) {
        let requests = self.window_hits + self.main_hits + self.misses;
        if requests >= capacity.saturating_mul(SAMPLE_PER_ENTRY).max(SAMPLE_LEAST) && capacity > 1 {
            let ahead = self.pull(f64::from(requests), f64::from(window), f64::from(capacity));
            *self = Self { ahead: ahead as i32, ..Self::NEW };
        }
    }

    /// How far the denser side pulls the border.
    fn pull(&self, requests: f64, window: f64, capacity: f64) -> f64 {
        let density = |hits: u32, entries: f64| f64::from(hits) / requests / entries.max(1.0) + 1e-9;
        let pull = logarithm(density(self.window_hits, window) / density(self.main_hits, capacity - window));
        let (stride, floor) = (STRIDE * capacity, (WINDOW_FLOOR * capacity).max(1.0));
        let ahead = pull.signum() * (GAIN * capacity * pull.abs()).min(stride);
        let ahead = ahead.min(WINDOW_CEILING * capacity - window);
        if window + ahead < floor { (floor - window).min(stride) } else { ahead }
    }
}

/// The natural logarithm of a positive number, to within 0.06: the border's way is measured by it, not its place. An exact
/// one adds 0.3 kB to the module.
fn logarithm(number: f64) -> f64 {
    const FRACTION: u64 = (1 << 52) - 1;
    let bits = number.to_bits();
    let exponent = (bits >> 52) as f64 - 1023.0;
    let fraction = f64::from_bits((bits & FRACTION) | 1.0_f64.to_bits()) - 1.0;
    (exponent + fraction) * std::f64::consts::LN_2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_logarithm_is_near_and_has_the_right_sign() {
        for number in (-300..300).map(|power| 1.07_f64.powi(power)) {
            let error = (logarithm(number) - number.ln()).abs();
            assert!(error < 0.06, "{error} at {number}");
            assert_eq!(logarithm(number) > 0.0, number > 1.0);
        }
    }
}
