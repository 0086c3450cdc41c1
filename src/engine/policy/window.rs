//! How large the window should be: hill climbing by where the hits are.
//!
//! The gradient is how many hits there are for each entry of the window, against those for each entry of the main region;
//! the border moves towards the denser side. If a much wider window would be denser, that counts: second uses that the
//! window just fails to reach bring it no hits, and would never widen it. How far the border moves depends on the misses,
//! too. If most are for keys that were asked for before, the cache keeps the wrong ones, and the border moves fast; new
//! keys say nothing about where it should be.

use super::ghosts::REACH;

/// The smallest and the largest share of the capacity that the window gets.
const FLOOR: f64 = 0.01;
const CEILING: f64 = 0.9;
/// Requests that an adjustment goes by: this many for each entry of the capacity, and never fewer than that.
const SAMPLE_PER_ENTRY: u32 = 2;
const SAMPLE_LEAST: u32 = 500;
/// What part of a wider window's density counts. In a loop slightly larger than the cache, all of it would make the window
/// look as good as the main region, and yet the window would catch nothing.
const TRUST: f64 = 0.9;
/// The part of a sample that counts in the next one, as its divisor: a pattern that goes back and forth should not drag the
/// border along.
const CARRIED: u32 = 2;
/// How far the border moves, as a share of the capacity: for each e-fold between the densities, and at the most.
const GAIN: f64 = 0.06;
const STRIDE: f64 = 0.3;
/// By how much the gain is larger at first, and the part of that which each adjustment leaves.
const INITIAL_GAIN: f64 = 4.0;
const GAIN_DECAY: f64 = 0.9;

/// Counts since the last adjustment, and how far the border still has to go.
#[derive(Debug)]
pub struct WindowAdapter {
    pub window_hits: u32,
    pub main_hits: u32,
    pub misses: u32,
    /// Misses for keys that were asked for a few times lately: a better choice would have kept them.
    pub regrets: u32,
    /// Misses for keys that a window of the [`REACH`] would have kept, as estimated.
    pub returns: u32,
    /// Entries by which the window should still grow; negative to shrink.
    pub pending: i32,
    extra_gain: f64,
}

impl WindowAdapter {
    /// Nothing counted, and nowhere to go.
    pub const NEW: Self =
        Self { window_hits: 0, main_hits: 0, misses: 0, regrets: 0, returns: 0, pending: 0, extra_gain: INITIAL_GAIN };

    /// Decides, once enough requests were seen, how far the border should move.
    #[inline]
    pub fn decide(&mut self, window: u32, capacity: u32) {
        let requests = self.window_hits + self.main_hits + self.misses;
        if requests >= capacity.saturating_mul(SAMPLE_PER_ENTRY).max(SAMPLE_LEAST) {
            let pending = self.step(f64::from(requests), f64::from(window), f64::from(capacity));
            *self = Self {
                window_hits: self.window_hits / CARRIED,
                main_hits: self.main_hits / CARRIED,
                misses: self.misses / CARRIED,
                regrets: self.regrets / CARRIED,
                returns: self.returns / CARRIED,
                pending: pending as i32,
                extra_gain: GAIN_DECAY * self.extra_gain,
            };
        }
    }

    /// How far the border should move: up the gradient, and within its limits.
    #[inline(never)]
    fn step(&self, requests: f64, window: f64, capacity: f64) -> f64 {
        let density = |hits: u32, entries: f64| f64::from(hits) / requests / entries.max(1.0) + 1e-9;
        let wide = window.max(capacity / f64::from(REACH));
        let in_window = density(self.window_hits, window).max(TRUST * density(self.window_hits + self.returns, wide));
        let gradient = logarithm(in_window / density(self.main_hits, capacity - window));
        let regrets = self.regrets + self.returns;
        let gain = GAIN * (1.0 + self.extra_gain) * f64::from(regrets) / f64::from(self.misses.max(1));
        let step = (gain * gradient).abs().min(STRIDE).copysign(gradient) * capacity;
        step.min(CEILING * capacity - window).max(FLOOR * capacity - window)
    }
}

/// The natural logarithm of a positive number, to within 0.06: enough for how fast the border moves. An exact one adds 0.3 kB
/// to the module.
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

    /// An adapter for 1000 entries after 2000 requests with these shares.
    fn counted(window_hits: u32, main_hits: u32, regrets: u32) -> WindowAdapter {
        let misses = 2000 - window_hits - main_hits;
        WindowAdapter { window_hits, main_hits, misses, regrets, ..WindowAdapter::NEW }
    }

    fn pending(mut adapter: WindowAdapter, window: u32) -> i32 {
        adapter.decide(window, 1000);
        adapter.pending
    }

    #[test]
    fn the_border_moves_towards_the_denser_side_within_its_limits() {
        assert!(pending(counted(400, 400, 600), 50) > 1, "as many hits in a twentieth of the space");
        assert!(pending(counted(100, 700, 600), 500) < -1);
        assert_eq!(pending(counted(1000, 0, 1000), 50), 300);
        assert_eq!(pending(counted(1000, 0, 1000), 880), 20);
        assert_eq!(pending(counted(0, 1000, 1000), 880), -300);
        assert_eq!(pending(counted(0, 1000, 1000), 30), -20);
    }

    #[test]
    fn it_moves_by_regrets_and_calms_down() {
        assert_eq!(pending(counted(400, 400, 0), 50), 0, "new keys tell nothing");
        let (few, many) = (pending(counted(90, 900, 100), 50), pending(counted(90, 900, 300), 50));
        assert!(few > 0 && (many - 3 * few).abs() <= 3);
        let mut adapter = counted(90, 900, 100);
        for _ in 0..100 {
            adapter = WindowAdapter { extra_gain: adapter.extra_gain, ..counted(90, 900, 100) };
            adapter.decide(50, 1000);
        }
        assert!(adapter.pending > 0 && adapter.pending < few / 4);
    }

    #[test]
    fn returns_widen_a_window_without_hits() {
        let returns = |returns| WindowAdapter { returns, ..counted(10, 800, 0) };
        assert!(pending(returns(0), 50) <= 0);
        assert!(pending(returns(300), 50) < 0, "the main region is denser");
        assert!(pending(returns(600), 50) > 1);
        assert!(
            pending(WindowAdapter { returns: 600, ..counted(300, 500, 0) }, 700) < 0,
            "the window is wider than that"
        );
    }

    #[test]
    fn it_waits_for_a_sample_and_carries_half_of_it() {
        let mut adapter = WindowAdapter { misses: 900, ..counted(400, 600, 500) };
        adapter.decide(50, 1000);
        assert_eq!((adapter.pending, adapter.misses), (0, 900));
        adapter.misses += 100;
        adapter.decide(50, 1000);
        assert!(adapter.pending > 0);
        let WindowAdapter { window_hits, main_hits, misses, regrets, .. } = adapter;
        assert_eq!([window_hits, main_hits, misses, regrets], [200, 300, 500, 250]);
    }
}
