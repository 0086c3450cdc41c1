//! Each rule by example.

use super::super::{Continuity, Doubt, Epoch, Feed, Heard, Horizon, Marks, Since, Worth, judge};

const FIRST: Epoch = Epoch(0);
const SECOND: Epoch = Epoch(1);

#[test]
fn a_value_knows_of_the_invalidation_whose_number_it_has_noted() {
    let judged = |sequence, hard, soft| judge(Since { epoch: FIRST, sequence }, FIRST, Marks { hard, soft });
    assert_eq!([judged(4, 5, 0), judged(5, 5, 0), judged(6, 5, 0)], [Worth::Nothing, Worth::Good, Worth::Good]);
    assert_eq!([judged(4, 0, 5), judged(5, 0, 5)], [Worth::Expired, Worth::Good]);
    assert_eq!(judged(4, 5, 5), Worth::Nothing);
    assert_eq!(judge(Since { epoch: FIRST, sequence: 9 }, SECOND, Marks::default()), Worth::Nothing);
}

#[test]
fn answers_may_come_in_any_order() {
    let mut horizon = Horizon::default();
    assert_eq!(horizon.hear(horizon.ask(), FIRST, 3), Heard::Anew);
    let (early, late) = (horizon.ask(), horizon.ask());
    assert_eq!(horizon.hear(late, FIRST, 8), Heard::Same);
    assert_eq!(horizon.hear(early, FIRST, 5), Heard::Same);
    assert_eq!((horizon.epoch(), horizon.greatest()), (Some(FIRST), 8));
}

#[test]
fn a_counter_that_goes_back_has_lost_something() {
    let mut horizon = Horizon::default();
    horizon.hear(horizon.ask(), FIRST, 8);
    let asked = horizon.ask();
    assert_eq!(horizon.hear(asked, FIRST, 7), Heard::Regress);
    assert_eq!(horizon.epoch(), None);
    // Until there is another epoch, whatever comes.
    assert_eq!(horizon.hear(horizon.ask(), FIRST, 9), Heard::Regress);
    assert_eq!(horizon.hear(horizon.ask(), SECOND, 8), Heard::Anew);
    // One that was asked before is of no use any more.
    assert_eq!(horizon.hear(asked, FIRST, 9), Heard::Outdated);
}

#[test]
fn an_epoch_that_was_left_does_not_come_back() {
    let mut horizon = Horizon::default();
    horizon.hear(horizon.ask(), FIRST, 8);
    assert_eq!(horizon.hear(horizon.ask(), SECOND, 8), Heard::Anew);
    assert_eq!(horizon.hear(horizon.ask(), FIRST, 8), Heard::Regress);
}

#[test]
fn a_number_of_another_epoch_says_nothing_of_this_one() {
    let mut horizon = Horizon::default();
    horizon.hear(horizon.ask(), FIRST, 1);
    let asked = horizon.ask();
    horizon.hear(horizon.ask(), FIRST, 8);
    // Asked when less was known, so this is no regress.
    assert_eq!(horizon.hear(asked, SECOND, 2), Heard::Anew);
    assert_eq!((horizon.since(), horizon.greatest()), (Some(Since { epoch: SECOND, sequence: 2 }), 8));
}

#[test]
fn news_are_as_old_as_the_question() {
    let mut doubt = Doubt::new(100.0, 0.0);
    doubt.news(50.0, 90.0);
    assert_eq!((doubt.deadline(), doubt.begins(149.0), doubt.begins(150.0)), (150.0, false, true));
    // Once is enough.
    assert!(!doubt.begins(151.0));
    assert_eq!(doubt.life(140.0, 160.0), 80.0);
    // Too old to end it.
    doubt.news(60.0, 170.0);
    assert!(doubt.is_on());
    doubt.news(165.0, 170.0);
    assert_eq!((doubt.is_on(), doubt.life(160.0, 170.0)), (false, f64::INFINITY));
}

#[test]
fn a_feed_tells_whether_it_is_whole() {
    let mut feed = Feed::default();
    // Without a place in the feed, what came before is missing.
    assert_eq!((feed.advance(None, 3), feed.at()), (Continuity::Trimmed, Some(3)));
    assert_eq!((feed.advance(Some(3), 5), feed.at()), (Continuity::Whole, Some(5)));
    assert_eq!((feed.advance(Some(6), 9), feed.at()), (Continuity::Trimmed, Some(9)));
    assert_eq!((feed.advance(None, 12), feed.at()), (Continuity::Trimmed, Some(12)));
    // One that was overtaken tells what the node knows.
    assert_eq!((feed.advance(Some(9), 11), feed.at()), (Continuity::Whole, Some(12)));
    feed.forget();
    assert_eq!((feed.advance(Some(12), 13), feed.at()), (Continuity::Trimmed, Some(13)));
    feed.begin(2);
    assert_eq!((feed.advance(Some(2), 4), feed.at()), (Continuity::Whole, Some(4)));
}
