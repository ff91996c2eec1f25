/**
 * The village phone, and the meeting page of a member's own phone.
 */
import { MODEST_PICTURE, startDevice } from '../device.js';
import { mark } from '../diagnosis.js';
import { errorText, t } from '../i18n.js';
import { useArrows } from '../ui/arrows.js';
import { openDialog } from '../ui/dialog.js';
import { byId, fill, show } from '../ui/dom.js';
import { emergencyButton } from '../ui/emergency.js';
import { sayFarewell } from '../ui/farewell.js';
import { Home, TILES } from '../ui/home.js';
import { applyLetters } from '../ui/letters.js';
import { MeetingScreen } from '../ui/meeting-screen.js';
import { Ringing } from '../ui/ringing.js';

/** The main picture and four small ones. */
const PICTURES = 5;

async function main() {
  applyLetters();
  const device = await startDevice({
    otherwise: '/enrol',
    pictures: PICTURES,
    picture: MODEST_PICTURE,
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
  const home = new Home(device, join, TILES);
  const screen = new MeetingScreen(meeting, PICTURES);
  screen.controls.element.append(emergencyButton(device));
  const ringing = new Ringing(meeting, join);
  fill(page, home.element, screen.element, ringing.element);
  useArrows();

  const update = () => {
    show(home.element, !meeting.room);
    show(screen.element, !!meeting.room);
    home.update();
    screen.update();
    ringing.update();
  };
  meeting.on('change', update);
  connection.on('state', (state) => {
    if (state === 'ended') {
      sayFarewell(page, connection, '/enrol');
    }
  });
  meeting.on('trouble', (error) => {
    openDialog({ title: t('trouble.title'), text: errorText(error), testid: 'trouble' });
  });
  update();
}

main();
