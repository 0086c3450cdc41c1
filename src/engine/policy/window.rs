//! How large the window should be: hill climbing by what its next entries would bring.
//!
//! The border moves towards the side where a few more entries would bring more hits. [`Margins`](super::margins) counts
//! what they would have brought. Where it has counted little, the averages decide: the hits for each entry of the window,
//! against those for each entry of the main region. If a much wider window would be better, that counts too: second uses
//! that the window just fails to reach bring it no hits, and would never widen it.
//!
//! How far the border moves depends on the misses as well. If most are for keys that were asked for before, the cache keeps
//! the wrong ones, and the border moves fast; new keys say nothing about where it should be.

use super::ghosts::REACH;
use super::margins::margin;

/// The smallest and the largest share of the capacity that the window gets.
const FLOOR: f64 = 0.01;
const CEILING: f64 = 0.9;
/// Requests that an adjustment goes by: this many for each entry of the capacity, and never fewer than that.
const SAMPLE_PER_ENTRY: u32 = 2;
const SAMPLE_LEAST: u32 = 500;
/// What part of the density of a much wider window counts. In a loop slightly larger than the cache, all of it would make the window
/// look as good as the main region, and yet the window would catch nothing.
const TRUST: f64 = 0.9;
/// The part of a sample that counts in the next one, as its divisor: a pattern that goes back and forth should not drag the
/// border along.
const CARRIED: u32 = 2;
/// How far the border moves, as a share of the capacity: for each e-fold between the densities, and at the most.
const GAIN: f64 = 0.06;
const STRIDE: f64 = 0.3;
/// With so many misses at the margins, they count as much as the averages.
const FEW: f64 = 20.0;
/// What part of the hits in probation a main region without those few entries would lose. With more, the border stays too
/// narrow where popularity drifts; with less, too wide where it doesn't.
const PROBATION_WORTH: f64 = 0.5;
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
    /// Hits in probation: what a smaller main region would lose.
    pub probation_hits: u32,
    /// Misses that a slightly larger window, or main region, would not have had.
    pub window_margin: u32,
    pub main_margin: u32,
    /// Entries by which the window should still grow; negative to shrink.
    pub pending: i32,
    /// The part of an entry that is left over: in a small cache, a step may be less than one.
    rest: f64,
    extra_gain: f64,
}

impl WindowAdapter {
    /// Nothing counted, and nowhere to go.
    pub const NEW: Self = Self {
        window_hits: 0,
        main_hits: 0,
        misses: 0,
        regrets: 0,
        returns: 0,
        probation_hits: 0,
        window_margin: 0,
        main_margin: 0,
        pending: 0,
        rest: 0.0,
        extra_gain: INITIAL_GAIN,
    };

    /// Decides, once enough requests were seen, how far the border should move.
    #[inline]
    pub fn decide(&mut self, window: u32, probation: u32, capacity: u32) {
        let requests = self.window_hits + self.main_hits + self.misses;
        if requests >= capacity.saturating_mul(SAMPLE_PER_ENTRY).max(SAMPLE_LEAST) {
            let step = self.rest + self.step(f64::from(window), f64::from(probation), f64::from(capacity));
            *self = Self {
                window_hits: self.window_hits / CARRIED,
                main_hits: self.main_hits / CARRIED,
                misses: self.misses / CARRIED,
                regrets: self.regrets / CARRIED,
                returns: self.returns / CARRIED,
                probation_hits: self.probation_hits / CARRIED,
                window_margin: self.window_margin / CARRIED,
                main_margin: self.main_margin / CARRIED,
                pending: step as i32,
                rest: step - f64::from(step as i32),
                extra_gain: GAIN_DECAY * self.extra_gain,
            };
        }
    }

    /// How far the border should move: up the gradient, and within its limits.
    #[inline(never)]
    fn step(&self, window: f64, probation: f64, capacity: f64) -> f64 {
        let margins = f64::from(self.window_margin) + f64::from(self.main_margin);
        let trust = margins / (margins + FEW);
        let by_margins = self.by_margins(window, probation, capacity);
        let by_averages = self.by_averages(window, capacity);
        let gradient = trust * by_margins + (1.0 - trust) * by_averages;
        let regrets = self.regrets + self.returns;
        let gain = GAIN * (1.0 + self.extra_gain) * f64::from(regrets) / f64::from(self.misses.max(1));
        let step = (gain * gradient).abs().min(STRIDE).copysign(gradient) * capacity;
        step.min(CEILING * capacity - window).max(FLOOR * capacity - window)
    }

    /// What a few more entries would be worth in the window, against what they would be in the main region.
    fn by_margins(&self, window: f64, probation: f64, capacity: f64) -> f64 {
        let density = |hits: u32, entries: f64| (f64::from(hits) + 0.5) / entries.max(1.0);
        let margin = margin(capacity);
        // At a cliff, such as a loop slightly longer than the window, a few entries seem to be worth more than all others.
        let wider =
            density(self.window_margin, margin).min(density(self.window_margin + self.window_hits, margin + window));
        let beyond = capacity / f64::from(REACH) - window;
        let much_wider = if beyond > margin { TRUST * density(self.returns, beyond) } else { 0.0 };
        let larger_main = density(self.main_margin, margin);
        let smaller_main = PROBATION_WORTH * density(self.probation_hits, probation);
        logarithm(wider.max(much_wider) / larger_main.max(smaller_main))
    }

    /// The hits for each entry of the window, against those for each entry of the main region.
    fn by_averages(&self, window: f64, capacity: f64) -> f64 {
        let density = |hits: u32, entries: f64| f64::from(hits) / capacity / entries.max(1.0) + 1e-9;
        let wide = window.max(capacity / f64::from(REACH));
        let in_window = density(self.window_hits, window).max(TRUST * density(self.window_hits + self.returns, wide));
        logarithm(in_window / density(self.main_hits, capacity - window))
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

    const PROBATION: u32 = 100;

    fn pending(mut adapter: WindowAdapter, window: u32) -> i32 {
        adapter.decide(window, PROBATION, 1000);
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
            adapter.decide(50, PROBATION, 1000);
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

    /// Equal averages, so many misses at the margins, and so many hits in probation.
    fn at_margins(window_margin: u32, main_margin: u32, probation_hits: u32) -> i32 {
        let counted = WindowAdapter { window_margin, main_margin, probation_hits, ..counted(300, 300, 1000) };
        pending(counted, 500)
    }

    #[test]
    fn the_margins_count_more_than_the_averages() {
        assert_eq!(at_margins(0, 0, 0), 0, "equal averages");
        assert!(at_margins(200, 20, 0) > 50);
        assert!(at_margins(50, 200, 0) < -50);
        assert!(at_margins(20, 0, 400) < 0, "a smaller main region would lose hits");
        let cliff =
            |window_hits| WindowAdapter { window_margin: 500, main_margin: 100, ..counted(window_hits, 600, 1000) };
        assert!(pending(cliff(0), 500) < pending(cliff(600), 500), "a window without hits stands before a cliff");
    }

    #[test]
    fn a_much_wider_window_counts_at_the_margins_too() {
        let returns = |returns| WindowAdapter { returns, window_margin: 1, main_margin: 60, ..counted(10, 800, 0) };
        assert!(pending(returns(100), 50) < 0);
        assert!(pending(returns(900), 50) > 0);
    }

    #[test]
    fn in_a_small_cache_steps_below_one_entry_add_up() {
        let mut adapter = WindowAdapter::NEW;
        let mut moved = 0;
        for _ in 0..1000 {
            adapter = WindowAdapter { rest: adapter.rest, extra_gain: 0.0, ..counted(600, 600, 40) };
            adapter.decide(4, 2, 10);
            moved += adapter.pending;
            assert!(adapter.pending.abs() <= 1, "{adapter:?}");
        }
        assert!((8..16).contains(&moved), "{moved}");
    }

    #[test]
    fn it_waits_for_a_sample_and_carries_half_of_it() {
        let mut adapter = WindowAdapter { misses: 900, ..counted(400, 600, 500) };
        adapter.decide(50, PROBATION, 1000);
        assert_eq!((adapter.pending, adapter.misses), (0, 900));
        adapter.misses += 100;
        adapter.decide(50, PROBATION, 1000);
        assert!(adapter.pending > 0);
        let WindowAdapter { window_hits, main_hits, misses, regrets, .. } = adapter;
        assert_eq!([window_hits, main_hits, misses, regrets], [200, 300, 500, 250]);
    }
}
