//! Every small world: two nodes, one key with a tag, and a few of everything that can happen, in every order.
//!
//! The world is the one of the random tests, with the rules of the second tier. A connection that is cut, and heals, needs
//! no step of its own: each message may take as long as it likes, and may be lost.

use super::random::steps;
use super::same::fingerprint;
use super::store::Subject;
use super::world::{Fault, Setup, Step, World};
use stateright::{Checker, HasDiscoveries, Model, Property};
use std::hash::{Hash, Hasher};

/// How often each kind of thing can happen from now on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Left {
    ticks: u8,
    loads: u8,
    /// Invalidations, by the tag.
    changes: u8,
    /// Values that a caller sets, and the store has them at once.
    puts: u8,
    /// Values that a caller sets, and the store hears of it later.
    queued: u8,
    resends: u8,
    polls: u8,
    lost: u8,
    crashes: u8,
    copies: u8,
    failovers: u8,
    restarts: u8,
    trims: u8,
}

const NOTHING: Left = Left {
    ticks: 0,
    loads: 0,
    changes: 0,
    puts: 0,
    queued: 0,
    resends: 0,
    polls: 0,
    lost: 0,
    crashes: 0,
    copies: 0,
    failovers: 0,
    restarts: 0,
    trims: 0,
};

impl Left {
    /// How many steps of a kind there may be; no number if they need none, as another step has led to them.
    const fn of(&mut self, step: Step) -> Option<&mut u8> {
        Some(match step {
            Step::Tick => &mut self.ticks,
            Step::Load(..) => &mut self.loads,
            Step::Change(..) => &mut self.changes,
            Step::Put(..) => &mut self.puts,
            Step::PutAlone(..) => &mut self.queued,
            Step::Resend(_) => &mut self.resends,
            Step::Poll(_) => &mut self.polls,
            Step::Lose(_) => &mut self.lost,
            Step::Crash(_) => &mut self.crashes,
            Step::Replicate => &mut self.copies,
            Step::FailOver => &mut self.failovers,
            Step::Restart => &mut self.restarts,
            Step::Trim => &mut self.trims,
            Step::Source(..) | Step::Finish(..) | Step::Ask(_) | Step::Deliver(_) => return None,
        })
    }
}

/// A world, and what can still happen in it.
#[derive(Debug, Clone)]
pub struct State {
    world: World,
    left: Left,
}

impl Hash for State {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        (fingerprint(&self.world), self.left).hash(hasher);
    }
}

impl PartialEq for State {
    fn eq(&self, other: &Self) -> bool {
        (fingerprint(&self.world), self.left) == (fingerprint(&other.world), other.left)
    }
}

/// Worlds that begin alike.
#[derive(Clone, Copy)]
struct Small {
    setup: Setup,
    left: Left,
}

impl Model for Small {
    type State = State;
    type Action = Step;

    fn init_states(&self) -> Vec<State> {
        vec![State { world: World::new(self.setup), left: self.left }]
    }

    fn actions(&self, state: &State, actions: &mut Vec<Step>) {
        if state.world.broken.is_some() {
            return;
        }
        let mut left = state.left;
        // With one key, an invalidation by its tag is one by its name, and one of everything.
        let is_double = |step: &Step| matches!(step, Step::Change(_, Subject::Key(_) | Subject::All));
        let possible = steps(&state.world).into_iter().map(|(step, _)| step).filter(|step| !is_double(step));
        actions.extend(possible.filter(|&step| left.of(step).is_none_or(|left| *left > 0)));
    }

    fn next_state(&self, State { world, left }: &State, step: Step) -> Option<State> {
        let (mut world, mut left) = (world.clone(), *left);
        if let Some(left) = left.of(step) {
            *left -= 1;
        }
        world.step(step);
        Some(State { world, left })
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![
            Property::always(HOLDS, |_, state: &State| state.world.broken.is_none()),
            Property::sometimes(SHARES, |_, state: &State| state.world.has_shared),
        ]
    }
}

const HOLDS: &str = "every promise is kept";
const SHARES: &str = "a value that was loaded after a change serves others";

/// Plays every world. Returns how many states there are, and the two findings, if there are any: how a promise is broken,
/// with the steps that lead there; and whether values are shared.
fn play_all(setup: Setup, left: Left) -> (usize, Option<String>, bool) {
    let checker =
        Small { setup, left }.checker().threads(2).finish_when(HasDiscoveries::AnyFailures).spawn_bfs().join();
    let broken = checker.discovery(HOLDS).map(|path| {
        let fault = path.last_state().world.broken.unwrap_or_default();
        path.into_actions().iter().fold(fault.to_owned(), |text, step| format!("{text}\n  {step:?}"))
    });
    (checker.unique_state_count(), broken, checker.discovery(SHARES).is_some())
}

const PAIR: Setup = Setup { nodes: 2, keys: 1, doubt: 1, lease: None, fault: None };
/// They take turns.
const SHARING: Setup = Setup { lease: Some(1), ..PAIR };

/// Checks that all promises are kept.
fn keeps(setup: Setup, left: Left) {
    let (states, broken, is_shared) = play_all(setup, left);
    assert_eq!(broken, None);
    assert!(is_shared);
    println!("{states} states");
}

macro_rules! kept {
    ($($(#[$attribute:meta])? $name:ident: $setup:ident with { $($kind:ident: $count:literal),* };)*) => {
        $(
            #[test]
            $(#[$attribute])?
            fn $name() {
                keeps($setup, Left { $($kind: $count,)* ..NOTHING });
            }
        )*
    };
}

kept! {
    a_late_load: PAIR with { loads: 2, changes: 1, polls: 1 };
    a_queue: PAIR with { loads: 2, puts: 1, queued: 1 };
    a_change_that_is_sent_twice: PAIR with { loads: 1, puts: 1, queued: 1, resends: 1 };
    a_connection_that_is_cut: PAIR with { ticks: 1, loads: 1, puts: 1, polls: 1, lost: 1 };
    a_node_that_crashes: PAIR with { loads: 2, puts: 1, crashes: 1 };
    a_replica_that_lags: PAIR with { loads: 1, puts: 1, polls: 1, copies: 1, failovers: 1 };
    a_store_that_restarts_empty: PAIR with { ticks: 1, loads: 1, puts: 1, polls: 1, restarts: 1 };
    a_feed_that_is_trimmed: PAIR with { loads: 1, puts: 1, polls: 2, trims: 1 };
    turns: SHARING with { ticks: 1, loads: 2, puts: 1 };
}

kept! {
    #[ignore = "it takes a minute"]
    more_of_news: PAIR with { ticks: 1, loads: 2, changes: 1, polls: 1 };
    #[ignore = "it takes a minute"]
    more_of_crashes: PAIR with { loads: 2, puts: 1, polls: 1, crashes: 1 };
    #[ignore = "it takes a minute"]
    more_of_replicas: PAIR with { ticks: 1, loads: 1, puts: 1, polls: 1, copies: 1, failovers: 1 };
}

/// Checks that a rule that is broken on purpose is noticed: a promise is broken, or no value is shared.
fn notices(fault: Fault, setup: Setup, left: Left, how: &str) {
    let (_, broken, is_shared) = play_all(Setup { fault: Some(fault), ..setup }, left);
    match broken {
        Some(broken) => assert!(broken.starts_with(how), "{broken}"),
        None => assert_eq!((how, is_shared), (UNSHARED, false)),
    }
}

macro_rules! noticed {
    ($($name:ident: $fault:ident, $setup:ident with { $($kind:ident: $count:literal),* }, $how:expr;)*) => {
        $(
            #[test]
            fn $name() {
                notices(Fault::$fault, $setup, Left { $($kind: $count,)* ..NOTHING }, $how);
            }
        )*
    };
}

const LOAD: &str = "a load has given what was invalidated";
const MEMORY: &str = "memory has kept what was invalidated";
const UNSHARED: &str = "no value is shared";

noticed! {
    a_number_that_is_noted_late: NotesLate, PAIR with { loads: 2, puts: 1, polls: 1 }, LOAD;
    a_new_beginning_that_is_missed: ForgetsEpochs, PAIR with { ticks: 1, loads: 1, puts: 1, polls: 2, restarts: 1 }, MEMORY;
    a_value_that_is_replayed: ReplaysValues, PAIR with { loads: 1, puts: 1, queued: 1 }, LOAD;
    a_store_without_a_fence: Unfenced, PAIR with { loads: 2, changes: 1 }, "";
    a_change_on_its_way_that_is_forgotten: ForgetsPending, PAIR with { loads: 2, changes: 1 }, "";
    memory_that_is_believed_for_ever: NeverDoubts, PAIR with { ticks: 1, loads: 1, puts: 1, polls: 1 }, MEMORY;
    a_feed_that_was_cut_off: TrustsFeeds, PAIR with { ticks: 1, loads: 1, puts: 1, polls: 2, trims: 1 }, MEMORY;
    news_that_are_older_than_they_seem: NewsFromArrival, PAIR with { ticks: 1, loads: 1, puts: 1, polls: 2 }, MEMORY;
    a_number_that_has_to_be_above_its_mark: ComparesStrictly, PAIR with { loads: 2, puts: 1 }, UNSHARED;
    a_change_that_is_given_up: LosesChanges, PAIR with { queued: 1 }, "a change was lost";
    a_turn_that_is_stolen: StealsTurns, SHARING with { loads: 2 }, "two nodes have a turn";
    a_turn_without_a_number: TurnsWithoutNumbers, SHARING with { loads: 2 }, "a number was given";
}
