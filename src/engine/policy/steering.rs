//! Where the border between the window and the main part should be, by where the hits are.
//!
//! Hits per entry in the window are compared with hits per entry in the main part, and the border moves towards the denser
//! side. The window counts for what a much wider one would have, if that is more: uses that it just fails to reach bring it
//! no hits, and would never draw it there. How far the border moves depends on the misses too. Where most are for keys that
//! were asked for before, the cache keeps the wrong ones, and the border moves fast; keys that are new tell nothing of where
//! it should be.

use super::ghosts::REACH;

/// The smallest and the largest share of the capacity that the window gets.
const FLOOR: f64 = 0.01;
const CEILING: f64 = 0.9;
/// Requests that an adjustment goes by: this many for each entry of the capacity, and never fewer than that.
const SAMPLE_PER_ENTRY: u32 = 2;
const SAMPLE_LEAST: u32 = 500;
/// What part of a wider window's density is believed. Where a loop just fails to fit, all of it would equal the main part's,
/// and yet the window would catch nothing.
const TRUST: f64 = 0.9;
/// The part of a sample that counts in the next one, as its divisor: an access pattern that turns back and forth should not
/// drag the border along.
const CARRIED: u32 = 2;
/// How far the border moves, as a share of the capacity: for each e-fold between the densities, and at the most.
const GAIN: f64 = 0.06;
const STRIDE: f64 = 0.3;
/// How much faster it moves at first, and what is left of that after each adjustment.
const HASTE: f64 = 4.0;
const HASTE_LEFT: f64 = 0.9;

/// What was counted lately, and how far the border still has to go.
#[derive(Debug)]
pub struct Steering {
    pub window_hits: u32,
    pub main_hits: u32,
    pub misses: u32,
    /// Misses for keys that were asked for a few times lately: a better choice would have kept them.
    pub regrets: u32,
    /// Misses for keys that a window of the [`REACH`] would have kept, as estimated.
    pub returns: u32,
    /// Entries by which the window should still grow; negative to shrink.
    pub ahead: i32,
    haste: f64,
}

impl Steering {
    /// Nothing counted, and nowhere to go.
    pub const NEW: Self =
        Self { window_hits: 0, main_hits: 0, misses: 0, regrets: 0, returns: 0, ahead: 0, haste: HASTE };

    /// Decides, once enough requests were seen, how far the border should move.
    #[inline]
    pub fn decide(&mut self, window: u32, capacity: u32) {
        let requests = self.window_hits + self.main_hits + self.misses;
        if requests >= capacity.saturating_mul(SAMPLE_PER_ENTRY).max(SAMPLE_LEAST) {
            let ahead = self.pull(f64::from(requests), f64::from(window), f64::from(capacity));
            *self = Self {
                window_hits: self.window_hits / CARRIED,
                main_hits: self.main_hits / CARRIED,
                misses: self.misses / CARRIED,
                regrets: self.regrets / CARRIED,
                returns: self.returns / CARRIED,
                ahead: ahead as i32,
                haste: HASTE_LEFT * self.haste,
            };
        }
    }

    /// How far the denser side pulls the border.
    #[inline(never)]
    fn pull(&self, requests: f64, window: f64, capacity: f64) -> f64 {
        let density = |hits: u32, entries: f64| f64::from(hits) / requests / entries.max(1.0) + 1e-9;
        let wide = window.max(capacity / f64::from(REACH));
        let in_window = density(self.window_hits, window).max(TRUST * density(self.window_hits + self.returns, wide));
        let pull = logarithm(in_window / density(self.main_hits, capacity - window));
        let regrets = self.regrets + self.returns;
        let gain = GAIN * (1.0 + self.haste) * f64::from(regrets) / f64::from(self.misses.max(1));
        let ahead = (gain * pull).abs().min(STRIDE).copysign(pull) * capacity;
        ahead.min(CEILING * capacity - window).max(FLOOR * capacity - window)
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

    /// A steering for 1000 entries after 2000 requests with these shares.
    fn counted(window_hits: u32, main_hits: u32, regrets: u32) -> Steering {
        let misses = 2000 - window_hits - main_hits;
        Steering { window_hits, main_hits, misses, regrets, ..Steering::NEW }
    }

    fn ahead(mut steering: Steering, window: u32) -> i32 {
        steering.decide(window, 1000);
        steering.ahead
    }

    #[test]
    fn the_border_moves_towards_the_denser_side_within_its_limits() {
        assert!(ahead(counted(400, 400, 600), 50) > 1, "as many hits in a twentieth of the space");
        assert!(ahead(counted(100, 700, 600), 500) < -1);
        assert_eq!(ahead(counted(1000, 0, 1000), 50), 300);
        assert_eq!(ahead(counted(1000, 0, 1000), 880), 20);
        assert_eq!(ahead(counted(0, 1000, 1000), 880), -300);
        assert_eq!(ahead(counted(0, 1000, 1000), 30), -20);
    }

    #[test]
    fn it_moves_by_regrets_and_calms_down() {
        assert_eq!(ahead(counted(400, 400, 0), 50), 0, "new keys tell nothing");
        let (few, many) = (ahead(counted(90, 900, 100), 50), ahead(counted(90, 900, 300), 50));
        assert!(few > 0 && (many - 3 * few).abs() <= 3);
        let mut steering = counted(90, 900, 100);
        for _ in 0..100 {
            steering = Steering { haste: steering.haste, ..counted(90, 900, 100) };
            steering.decide(50, 1000);
        }
        assert!(steering.ahead > 0 && steering.ahead < few / 4);
    }

    #[test]
    fn returns_draw_the_border_over_where_there_are_no_hits() {
        let returns = |returns| Steering { returns, ..counted(10, 800, 0) };
        assert!(ahead(returns(0), 50) <= 0);
        assert!(ahead(returns(300), 50) < 0, "the main part is denser");
        assert!(ahead(returns(600), 50) > 1);
        assert!(ahead(Steering { returns: 600, ..counted(300, 500, 0) }, 700) < 0, "the window is wider than that");
    }

    #[test]
    fn it_waits_for_a_sample_and_carries_half_of_it() {
        let mut steering = Steering { misses: 900, ..counted(400, 600, 500) };
        steering.decide(50, 1000);
        assert_eq!((steering.ahead, steering.misses), (0, 900));
        steering.misses += 100;
        steering.decide(50, 1000);
        assert!(steering.ahead > 0);
        let Steering { window_hits, main_hits, misses, regrets, .. } = steering;
        assert_eq!([window_hits, main_hits, misses, regrets], [200, 300, 500, 250]);
    }
}
