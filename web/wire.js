/**
 * Shapes of what the server says, for the type checker (signaling/PROTOCOL.md describes them).
 * No page loads this file: its types are named in comments only.
 *
 * @typedef {'video_phone' | 'meeting_room' | 'mobile' | 'desktop'} DeviceKind
 * @typedef {'present' | 'late' | 'left_early' | 'leave' | 'absent' | 'exempt' | 'non_voting'} State
 * @typedef {'present' | 'late' | 'leave' | 'absent'} Mark
 *
 * @typedef {object} Invitation
 * @property {string} occurrence
 * @property {string} title
 * @property {string} unit
 * @property {string} starts_at
 * @property {string} ends_at
 * @property {boolean} ringing
 *
 * @typedef {object} PeerView
 * @property {string} peer
 * @property {string} name
 * @property {string | null} site
 * @property {DeviceKind} kind
 * @property {string | null} person
 * @property {boolean} audio_muted
 * @property {boolean} video_muted
 * @property {boolean} connected
 *
 * @typedef {object} Counts
 * @property {number} expected
 * @property {number} present
 * @property {number} on_leave
 * @property {number} uncounted_rooms
 *
 * @typedef {{person: string, name: string}} Choice
 *
 * @typedef {object} Quorum
 * @property {number} expected_total
 * @property {number} expected_voting
 * @property {number} present_total
 * @property {number} present_voting
 * @property {number | null} needed
 * @property {boolean | null} reached
 *
 * @typedef {{site: string, voters: number, counted: boolean}} VoteSite
 *
 * @typedef {object} VoteView
 * @property {string} vote
 * @property {string | null} agenda_item
 * @property {string} title
 * @property {'general' | 'admission' | 'probation' | 'election'} kind
 * @property {string | null} candidate
 * @property {boolean} secret
 * @property {'prepared' | 'open' | 'stopped' | 'closed'} state
 * @property {number} ballot
 * @property {'quorum_lost' | 'over_video' | 'meeting_ended' | null} stopped_reason
 * @property {number} expected_voting
 * @property {number} present_voting
 * @property {number} needed
 * @property {number} votes_needed
 * @property {number} cast
 * @property {number | null} in_favour
 * @property {number | null} against
 * @property {number | null} abstain
 * @property {number | null} written
 * @property {boolean | null} adopted
 * @property {VoteSite[]} sites
 *
 * @typedef {{vote: string, person: string, choice: 'for' | 'against' | 'abstain'}} Chosen
 *
 * @typedef {object} ShownPaper
 * @property {string} attachment
 * @property {string} name
 * @property {string} media_type
 * @property {'pages' | 'text'} shown_as
 * @property {number} page
 * @property {number} pages
 * @property {string} by
 *
 * @typedef {object} RoomView
 * @property {string} occurrence
 * @property {string} title
 * @property {string} unit
 * @property {string} starts_at
 * @property {string} ends_at
 * @property {string} peer
 * @property {PeerView[]} peers
 * @property {string | null} speaker
 * @property {string | null} floor
 * @property {Counts} counts
 * @property {boolean} signed_in
 * @property {Choice[]} may_sign_in
 * @property {boolean} may_call_roll
 * @property {boolean} may_give_floor
 * @property {boolean} may_show_papers
 * @property {ShownPaper | null} paper
 * @property {Quorum | null} quorum
 * @property {VoteView[]} votes
 * @property {Choice[]} voters
 * @property {Chosen[]} chosen
 * @property {RTCIceServer[]} ice_servers
 *
 * @typedef {object} SlotView
 * @property {number} slot
 * @property {'audio' | 'video'} kind
 * @property {string | null} peer
 * @property {boolean} paused
 *
 * @typedef {{sdp: string, slots: SlotView[]}} MediaAnswer
 *
 * @typedef {{ufrag: string, password: string}} IceCredentials
 *
 * @typedef {object} RollCallEntry
 * @property {string} person
 * @property {string} name
 * @property {Mark | null} mark
 * @property {string | null} substitute
 * @property {boolean} here_by_device
 *
 * @typedef {{site: string, entries: RollCallEntry[]}} RollCall
 *
 * @typedef {object} AttendanceRow
 * @property {string} person
 * @property {string} name
 * @property {string} unit
 * @property {State} state
 * @property {number} minutes
 * @property {boolean} present_now
 * @property {string | null} joined_at
 * @property {string | null} left_at
 *
 * @typedef {{occurrence: string, counts: Counts, rows: AttendanceRow[]}} AttendanceView
 *
 * @typedef {object} Welcome
 * @property {number} version
 * @property {number} seq
 * @property {string} resume
 * @property {boolean} resumed
 * @property {number} grace_s
 * @property {string} now
 * @property {string | null} device
 * @property {string | null} device_name
 * @property {DeviceKind | null} device_kind
 * @property {string | null} person
 * @property {string | null} person_name
 * @property {Invitation[]} invitations
 * @property {RoomView | null} room
 */

export {};
