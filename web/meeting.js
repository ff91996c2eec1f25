/**
 * What a device knows of its meetings, without a page: invitations, the room it is in, and the
 * way back into that room after a broken line or a restart of the server.
 *
 * Events: `change` (anything shown changed; several changes at once are one event), `joined`,
 * `left` (why), `papers` (agenda or papers of a meeting are others now), `trouble` (a RequestError to be told to people).
 */
import { Emitter } from './emitter.js';
import { RequestError } from './protocol.js';

/** @typedef {import('./protocol.js').Connection} Connection */
/** @typedef {import('./media.js').Media} Media */
/** @typedef {import('./wire.js').Invitation} Invitation */
/** @typedef {import('./wire.js').PeerView} PeerView */
/** @typedef {import('./wire.js').RoomView} RoomView */
/** @typedef {import('./wire.js').VoteView} VoteView */
/** @typedef {import('./wire.js').Welcome} Welcome */

const REJOIN_AGAIN = 1000;
/** The way back is closed: the meeting is over, or this device does not belong to it any more. */
const NO_WAY_BACK = [
  'occurrence_not_open',
  'unknown_occurrence',
  'not_allowed',
  'not_expected',
  'already_in_room',
];

export class Meeting extends Emitter {
  /**
   * @param {Connection} connection
   * @param {Media} media
   */
  constructor(connection, media) {
    super();
    this.connection = connection;
    this.media = media;
    /** @type {Welcome | null} */
    this.me = null;
    /** @type {Map<string, Invitation>} */
    this.invitations = new Map();
    /** What may be joined though nobody invited us: an organizer looks in. @type {Invitation | null} */
    this.proposed = null;
    /** @type {RoomView | null} */
    this.room = null;
    /** True between the click and the answer. */
    this.joining = false;
    /** The presence check that waits for an answer. */
    this.presenceAsked = '';
    /** How far the server's clock is ahead of ours, milliseconds. */
    this.ahead = 0;
    /** The occurrence to come back to. */
    this._wanted = '';
    this._told = false;
    this._rejoin = 0;
    this._changing = false;
    connection.on('state', (state) => {
      if (state === 'ended') {
        this._forget('');
      }
      this._change();
    });
    connection.on('welcome', (welcome) => this._welcome(welcome));
    this._listen();
  }

  /** The invitation that rings now, if one does. @returns {Invitation | null} */
  get ringing() {
    return this.room || this.joining ? null : this._first((each) => each.ringing);
  }

  /** What one tap would join now. @returns {Invitation | null} */
  get joinable() {
    return this.proposed || this.ringing || this._first(() => true);
  }

  /** Offer to join a meeting without being invited. @param {Invitation | null} invitation */
  propose(invitation) {
    this.proposed = invitation;
    this._change();
  }

  /** @returns {Date} the server's time */
  now() {
    return new Date(Date.now() + this.ahead);
  }

  /**
   * Enter a meeting; microphone, camera and connection are made at the same time.
   * @param {string} occurrence
   */
  async join(occurrence) {
    if (this.joining || this.room) {
      return;
    }
    this.joining = true;
    this._wanted = occurrence;
    this._change();
    const opened = this.media.open();
    try {
      await this._enter();
    } catch (error) {
      this.joining = false;
      this._forget('');
      this._trouble(error);
    }
    await opened;
  }

  /** Hang up. */
  leave() {
    this.connection.request('leave').catch(() => undefined);
    this._forget('left');
  }

  /** Stop the ringing here; the invitation stays on the screen. @param {string} occurrence */
  decline(occurrence) {
    this._ringing(occurrence, false);
    this.connection.request('decline', { occurrence }).catch(() => undefined);
  }

  /** @param {string} person @param {string} pin */
  async signIn(person, pin) {
    await this.connection.request('sign_in', { person, pin });
  }

  /** @param {string | null} peer */
  giveFloor(peer) {
    return this.connection.request('floor.give', { peer }).catch((error) => this._trouble(error));
  }

  /**
   * Show a page of a paper to everybody, by who may.
   * @param {string} attachment @param {number} page from 1
   */
  showPaper(attachment, page) {
    return this.connection
      .request('paper.show', { attachment, page })
      .catch((error) => this._trouble(error));
  }

  endPaper() {
    return this.connection.request('paper.end').catch((error) => this._trouble(error));
  }

  /**
   * Vote for somebody signed in here; may be changed until the vote ends.
   * @param {string} vote @param {string} person @param {'for' | 'against' | 'abstain'} choice
   */
  async castVote(vote, person, choice) {
    await this.connection.request('vote.cast', { vote, person, choice });
    this._room((room) => ({
      chosen: room.chosen
        .filter((each) => each.vote !== vote || each.person !== person)
        .concat([{ vote, person, choice }]),
    }));
  }

  /** What somebody here chose in a vote that is open. @param {string} vote @param {string} person */
  chosen(vote, person) {
    const all = this.room ? this.room.chosen : [];
    const found = all.find((each) => each.vote === vote && each.person === person);
    return found && found.choice;
  }

  /**
   * Say what was counted at this site.
   * @param {string} vote @param {{in_favour: number, against: number, abstain: number}} counted
   */
  async countVotes(vote, counted) {
    await this.connection.request('vote.count', Object.assign({ vote }, counted));
  }

  /** Say that whoever is signed in here is there. */
  answerPresence() {
    const check = this.presenceAsked;
    this.forgetPresence();
    this.connection
      .request('presence.answer', { check })
      .catch((error) => this._trouble(error));
  }

  /** Put the question away without an answer; nothing follows from that. */
  forgetPresence() {
    this.presenceAsked = '';
    this._change();
  }

  /** @param {string | null} id @returns {PeerView | undefined} */
  peer(id) {
    return this.room && id ? this.room.peers.find((each) => each.peer === id) : undefined;
  }

  async _enter() {
    const occurrence = this._wanted;
    const room = await this.connection.request('join', { occurrence });
    if (this._wanted !== occurrence) {
      return;
    }
    this.joining = false;
    this.room = room;
    this.media.iceServers = room.ice_servers || [];
    this._ringing(occurrence, false);
    this._told = false;
    this.emit('joined');
    this._change();
    this.tellMuted();
    await this.media.connect();
  }

  /** @param {Welcome} welcome */
  _welcome(welcome) {
    clearTimeout(this._rejoin);
    this.me = welcome;
    this.ahead = Date.parse(welcome.now) - Date.now();
    this.invitations = new Map(welcome.invitations.map((each) => [each.occurrence, each]));
    this._told = false;
    if (this._wanted && welcome.room && welcome.room.occurrence === this._wanted) {
      this.room = welcome.room;
      this.media.iceServers = welcome.room.ice_servers || [];
      this.joining = false;
      this.tellMuted();
      this.media.ensure();
    } else if (this._wanted && this.room && welcome.resumed) {
      this._forget('ended');
    } else if (this._wanted && this.room) {
      this._comeBack();
    } else if (welcome.room && !this._wanted) {
      // Somebody hung up while the line was broken.
      this.connection.request('leave').catch(() => undefined);
    }
    this._change();
  }

  /** Everything of the server's is new: enter the same meeting again, with new media. */
  async _comeBack() {
    try {
      await this._enter();
    } catch (error) {
      const code = error instanceof RequestError ? error.code : '';
      if (NO_WAY_BACK.indexOf(code) >= 0) {
        this._forget('ended');
      } else if (code !== 'not_connected' && this._wanted) {
        this._rejoin = setTimeout(() => this._comeBack(), REJOIN_AGAIN);
      }
    }
  }

  /** Tell the server what is not sent, when that is not what it believes. */
  tellMuted() {
    const muted = this.media.muted;
    if (this.room && !this.media.asking && (this._told || muted.audio || muted.video)) {
      this._told = true;
      this.connection.request('media.mute', muted).catch(() => undefined);
    }
  }

  _listen() {
    const on = this.connection.on.bind(this.connection);
    on('ring', ({ invitation }) => this._invite(invitation));
    on('invited', ({ invitation }) => this._invite(invitation));
    on('ring.stop', ({ occurrence, reason }) => {
      if (reason === 'closed' || reason === 'cancelled') {
        this.invitations.delete(occurrence);
      }
      this._ringing(occurrence, false);
    });
    on('peer.joined', ({ peer }) => this._peer(peer));
    on('peer.changed', ({ peer }) => this._peer(peer));
    on('peer.left', ({ peer }) => {
      this._room((room) => ({ peers: room.peers.filter((each) => each.peer !== peer) }));
    });
    on('speaker', ({ peer }) => this._room(() => ({ speaker: peer })));
    on('floor', ({ peer }) => this._room(() => ({ floor: peer })));
    on('paper', ({ paper }) => this._room(() => ({ paper })));
    on('papers', ({ occurrence }) => this.emit('papers', occurrence));
    on('counts', ({ counts }) => this._room(() => ({ counts })));
    on('signed_in', ({ person, name, votes }) => {
      this._room((room) => ({
        signed_in: true,
        voters: votes
          ? room.voters.filter((each) => each.person !== person).concat([{ person, name }])
          : room.voters,
      }));
    });
    on('quorum', ({ quorum }) => this._room(() => ({ quorum })));
    on('votes', ({ votes }) => this._votes(votes));
    on('presence_check', ({ check }) => {
      this.presenceAsked = check;
      this._change();
    });
    on('slots', ({ slots }) => this.media.take(slots));
    on('media.layers', ({ layers }) => this.media.send(layers));
    on('media.restart', () => this.room && this.media.connect());
    on('media.state', ({ state }) => {
      // While a new connection is on its way this is still about the old one.
      const settled = ['new', 'connecting'].indexOf(this.media.connectionState) < 0;
      if (state === 'failed' && settled && this.room) {
        this.media.connect();
      }
    });
    on('room.closed', ({ occurrence, reason }) => {
      this.invitations.delete(occurrence);
      if (this.proposed && this.proposed.occurrence === occurrence) {
        this.proposed = null;
      }
      if (this._wanted === occurrence) {
        this._forget(reason);
      }
        this._change();
    });
    for (const name of ['slots', 'streams', 'source', 'line', 'connected']) {
      this.media.on(name, () => this._change());
    }
    this.media.on('source', () => this.tellMuted());
    this.media.on('refused', (code) => this._trouble(new RequestError(code)));
  }

  /** @param {Invitation} invitation */
  _invite(invitation) {
    this.invitations.set(invitation.occurrence, invitation);
    this._change();
  }

  /** @param {string} occurrence @param {boolean} ringing */
  _ringing(occurrence, ringing) {
    const known = this.invitations.get(occurrence);
    if (known) {
      this.invitations.set(occurrence, Object.assign({}, known, { ringing }));
    }
    this._change();
  }

  /** @param {PeerView} peer */
  _peer(peer) {
    this._room((room) => ({
      peers: room.peers.filter((each) => each.peer !== peer.peer).concat([peer]),
    }));
  }

  /** What was chosen belongs to one ballot; a new one begins empty. @param {VoteView[]} votes */
  _votes(votes) {
    this._room((room) => ({
      votes,
      chosen: room.chosen.filter(({ vote }) => {
        const before = room.votes.find((each) => each.vote === vote);
        const now = votes.find((each) => each.vote === vote);
        return !!before && !!now && now.state === 'open' && now.ballot === before.ballot;
      }),
    }));
  }

  /** @param {(room: RoomView) => Partial<RoomView>} change */
  _room(change) {
    if (this.room) {
      this.room = Object.assign({}, this.room, change(this.room));
      this._change();
    }
  }

  /** @param {string} why */
  _forget(why) {
    const was = this.room || this._wanted;
    clearTimeout(this._rejoin);
    this._wanted = '';
    this.room = null;
    this.joining = false;
    this.presenceAsked = '';
    this.media.close();
    if (was && why) {
      this.emit('left', why);
    }
    this._change();
  }

  /** @param {(each: Invitation) => boolean} fits @returns {Invitation | null} */
  _first(fits) {
    return Array.from(this.invitations.values()).find(fits) || null;
  }

  /** @param {unknown} error */
  _trouble(error) {
    const told = error instanceof RequestError ? error : new RequestError('internal');
    this.emit('trouble', told);
  }

  /** Many events come together; the page is drawn once. */
  _change() {
    if (!this._changing) {
      this._changing = true;
      Promise.resolve().then(() => {
        this._changing = false;
        this.emit('change');
      });
    }
  }
}
