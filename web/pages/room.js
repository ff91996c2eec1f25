/**
 * The screen of a meeting room, operated from the table with a remote control. An organizer comes
 * here too, from the desk, with `?occurrence=`.
 */
import { get } from '../api.js';
import { FULL_PICTURE, startDevice } from '../device.js';
import { mark } from '../diagnosis.js';
import { errorText, t } from '../i18n.js';
import { useArrows } from '../ui/arrows.js';
import { Control } from '../ui/controls.js';
import { openDialog } from '../ui/dialog.js';
import { byId, fill, show } from '../ui/dom.js';
import { emergencyButton } from '../ui/emergency.js';
import { sayFarewell } from '../ui/farewell.js';
import { FloorPanel } from '../ui/floor-panel.js';
import { Home } from '../ui/home.js';
import { applyLetters } from '../ui/letters.js';
import { MeetingScreen } from '../ui/meeting-screen.js';
import { Ringing } from '../ui/ringing.js';
import { RollCallPanel } from '../ui/roll-call.js';

/** The main picture and eight others. */
const PICTURES = 9;

/** The meeting an organizer came to look into; a room has none. */
const NAMED = new URLSearchParams(location.search).get('occurrence');

/** @param {import('../device.js').Device} device */
async function proposeNamed(device) {
  const named =
    NAMED && (await get(`/api/occurrences/${encodeURIComponent(NAMED)}`).catch(() => null));
  if (named && named.state === 'open') {
    device.meeting.propose({
      occurrence: named.id,
      title: named.title,
      unit: named.unit_name,
      starts_at: named.scheduled_start,
      ends_at: named.scheduled_end,
      ringing: false,
    });
  }
}

async function main() {
  applyLetters();
  const device = await startDevice({
    otherwise: NAMED ? '/sign-in' : '/enrol',
    pictures: PICTURES,
    picture: FULL_PICTURE,
  });
  if (!device) {
    return;
  }
  const { connection, meeting } = device;
  const page = byId('page');
  /** @param {string} occurrence */
  const join = (occurrence) => {
    mark('join');
    meeting.join(occurrence);
  };
  const home = new Home(device, join, []);
  const screen = new MeetingScreen(meeting, PICTURES);
  const ringing = new Ringing(meeting, join);
  /** @type {RollCallPanel | FloorPanel | null} */
  let panel = null;
  const call = new Control('roll-call-open', 'plain', 'roll', t('roll.title'), () => {
    panel = new RollCallPanel(connection);
  });
  const floor = new Control('floor-open', 'plain', 'floor', t('floor.title'), () => {
    panel = new FloorPanel(meeting);
  });
  screen.controls.add(call.element);
  screen.controls.add(floor.element);
  screen.controls.element.append(emergencyButton(device));
  fill(page, home.element, screen.element, ringing.element);
  useArrows();

  const update = () => {
    const { room } = meeting;
    show(home.element, !room);
    show(screen.element, !!room);
    show(call.element, !!room && room.may_call_roll);
    show(floor.element, !!room && room.may_give_floor);
    home.update();
    screen.update();
    ringing.update();
  };
  meeting.on('change', update);
  meeting.on('left', () => {
    if (panel) {
      panel.close();
      panel = null;
    }
    if (NAMED) {
      location.assign(`/organizer?occurrence=${encodeURIComponent(NAMED)}`);
    }
  });
  meeting.on('trouble', (error) => {
    openDialog({ title: t('trouble.title'), text: errorText(error), testid: 'trouble' });
  });
  connection.on('state', (state) => {
    if (state === 'ended') {
      sayFarewell(page, connection, '/enrol');
    }
  });
  update();
  await proposeNamed(device);
}

main();
