//! The world notices each rule that is broken.

use super::random::{SETUP, play};
use super::world::{Fault, Setup};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;

/// Plays worlds with a fault until one goes wrong, and says how.
fn how_it_fails(fault: Fault) -> String {
    let setup = Setup { nodes: 2, fault: Some(fault), ..SETUP };
    by_chance().map(|choices| play(setup, &choices)).find_map(Result::err).unwrap()
}

fn by_chance() -> impl Iterator<Item = Vec<u16>> {
    let mut runner = TestRunner::deterministic();
    let choices = proptest::collection::vec(proptest::num::u16::ANY, 0..200);
    (0..200_000).map(move |_| choices.new_tree(&mut runner).unwrap().current())
}

macro_rules! notices {
    ($($name:ident: $fault:ident, $how:literal;)*) => {
        $(
            #[test]
            fn $name() {
                let how = how_it_fails(Fault::$fault);
                assert!(how.starts_with($how), "{how}");
            }
        )*
    };
}

notices! {
    a_number_that_is_noted_late: NotesLate, "";
    a_new_beginning_that_is_missed: ForgetsEpochs, "memory has kept";
    a_value_that_is_replayed: ReplaysValues, "";
    a_store_without_a_fence: Unfenced, "a load has given";
    a_change_on_its_way_that_is_forgotten: ForgetsPending, "";
    memory_that_is_believed_for_ever: NeverDoubts, "memory has kept";
    a_feed_that_was_cut_off: TrustsFeeds, "memory has kept";
    news_that_are_older_than_they_seem: NewsFromArrival, "memory has kept";
}
