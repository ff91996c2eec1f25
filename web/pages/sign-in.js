/**
 * Sign in with name and password: organizers, doctors, administrators.
 */
import { post } from '../api.js';
import { errorText, loadTexts, t } from '../i18n.js';
import { byId, el, fill, say } from '../ui/dom.js';

/** @param {string} name @param {string} type @param {string} complete */
function field(name, type, complete) {
  const input = el('input', {
    id: name,
    name,
    type,
    autocomplete: complete,
    required: true,
    maxlength: 256,
    'data-testid': name,
  });
  return { input, row: el('label', { class: 'field', for: name }, t(`enter.${name}`), input) };
}

async function main() {
  await loadTexts();
  const login = field('login', 'text', 'username');
  const password = field('password', 'password', 'current-password');
  const wrong = el('p', { class: 'wrong', role: 'alert', 'data-testid': 'wrong' });
  const submit = el('button', {
    type: 'submit',
    class: 'button go',
    text: t('enter.button'),
    'data-testid': 'sign-in',
  });
  const form = el('form', {}, login.row, password.row, wrong, submit);
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    submit.disabled = true;
    say(wrong, '');
    try {
      const me = await post('/api/sign-in', {
        login: login.input.value,
        password: password.input.value,
      });
      location.assign(me.page);
    } catch (error) {
      say(wrong, errorText(/** @type {any} */ (error)));
      submit.disabled = false;
      password.input.select();
    }
  });
  fill(
    byId('page'),
    el(
      'section',
      { class: 'door' },
      el('div', {}, el('h1', { text: t('enter.title') }), el('p', { text: t('enter.text') })),
      form,
      el('p', { class: 'elsewhere' }, el('a', { class: 'button plain', href: '/enrol', text: t('enter.device') })),
    ),
  );
  // A used one-time link leads here with the reason.
  const code = new URLSearchParams(location.search).get('error');
  if (code) {
    say(wrong, errorText({ code, message: '' }));
  }
  login.input.focus();
}

main();
