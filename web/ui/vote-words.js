/**
 * Quorums and votes as people say them.
 */
import { t } from '../i18n.js';

/** @typedef {import('../wire.js').Quorum} Quorum */
/** @typedef {import('../wire.js').VoteView} VoteView */

/**
 * Both denominators, who is here, and whether that is enough.
 * @param {Quorum} quorum
 */
export function quorumWords(quorum) {
  const names = {
    expected: quorum.expected_total,
    voting: quorum.expected_voting,
    present: quorum.present_total,
    missing: Math.max(0, (quorum.needed || 0) - quorum.present_voting),
  };
  if (quorum.needed === null) {
    return t('quorum.none', names);
  }
  return quorum.reached ? t('quorum.reached', names) : t('quorum.missing', names);
}

/** What is voted on, with the candidate where there is one. @param {VoteView} vote */
export function question(vote) {
  return vote.candidate
    ? t('vote.about', { title: vote.title, candidate: vote.candidate })
    : vote.title;
}

/** How many may vote, are here, and have voted. @param {VoteView} vote */
export function progress(vote) {
  return t('vote.progress', {
    expected: vote.expected_voting,
    present: vote.present_voting,
    needed: vote.votes_needed,
    cast: vote.cast,
  });
}

/** What became of a vote. @param {VoteView} vote */
export function outcome(vote) {
  if (vote.state === 'stopped') {
    return t(`vote.stopped_${vote.stopped_reason || 'quorum_lost'}`);
  }
  const numbers = t('vote.numbers', {
    in_favour: vote.in_favour || 0,
    against: vote.against || 0,
    abstain: vote.abstain || 0,
  });
  const written = vote.written ? t('vote.written', { written: vote.written }) : '';
  return `${vote.adopted ? t('vote.adopted') : t('vote.rejected')}${numbers}${written}`;
}
