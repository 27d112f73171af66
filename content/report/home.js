'use strict';
(() => {
  const root = document.documentElement;
  root.classList.add('js');
  const by = (id) => document.getElementById(id);
  const make = (name, properties = {}, ...children) => {
    const element = Object.assign(document.createElement(name), properties);
    element.append(...children);
    return element;
  };

  const themes = ['', 'light', 'dark'];
  const setTheme = (theme) => {
    if (theme) root.dataset.theme = theme;
    else delete root.dataset.theme;
    by('theme').textContent = { '': 'Theme: system', light: 'Theme: light', dark: 'Theme: dark' }[theme];
  };
  setTheme('');
  by('theme').addEventListener('click', () => setTheme(themes[(themes.indexOf(root.dataset.theme ?? '') + 1) % themes.length]));

  // In Azure a function key may be given as ?code=…: it goes into a header, and stays out of every other address.
  const code = new URLSearchParams(location.search).get('code');
  const call = async (path, init = {}) => {
    const headers = { ...init.headers, ...(code ? { 'x-functions-key': code } : {}) };
    const response = await fetch(path, { ...init, headers });
    const body = await response.json().catch(() => ({}));
    if (response.ok) return body;
    const { message = `the API answered ${response.status}`, hint = '' } = body.error ?? {};
    throw new Error([message, hint].filter(Boolean).join(' '));
  };
  const say = (text) => {
    by('problem').textContent = text;
    by('problem').hidden = text === '';
  };

  let playbooks = [];
  const inputFields = new Map();
  const showPlaybook = () => {
    const chosen = playbooks.find(({ name }) => name === by('playbook').value);
    by('about').textContent = chosen?.description ?? '';
    inputFields.clear();
    const fields = inputsOf(chosen).filter(({ type }) => type !== 'table').map(({ name, type, required, default: value, docs }) => {
      const input = make('input', { id: `input-${name}`, required, placeholder: value ?? type, title: docs ?? '' });
      inputFields.set(name, input);
      return make('div', { className: 'field' }, make('label', { htmlFor: input.id }, name, required ? make('b', {}, ' *') : ''), input);
    });
    by('inputs').replaceChildren(...fields);
  };
  const inputsOf = (playbook) => {
    const inputs = playbook?.inputs ?? [];
    if (Array.isArray(inputs)) return inputs;
    return Object.entries(inputs).map(([name, input]) => ({ name, docs: input.description, ...input }));
  };
  by('playbook').addEventListener('change', showPlaybook);

  by('start').addEventListener('submit', async (event) => {
    event.preventDefault();
    const button = by('start').querySelector('button');
    button.disabled = true;
    say('');
    try {
      const inputs = Object.fromEntries([...inputFields].map(([name, { value }]) => [name, value.trim()]).filter(([, value]) => value !== ''));
      const [start, end] = [by('from').value.trim(), by('to').value.trim()];
      const body = { playbook: by('playbook').value, inputs, ...(start || end ? { timeRange: { start, end } } : {}) };
      await call('/api/investigations', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) });
      await refresh();
    } catch (error) {
      say(error.message);
    }
    button.disabled = false;
  });

  const isGoing = (status) => status === 'pending' || status === 'running';
  const progressOf = async (id) => {
    const { progress } = await call(`/api/investigations/${id}`);
    const states = Object.values(progress?.steps ?? {});
    const ended = states.filter((state) => state !== 'running').length;
    return [make('progress', { max: Math.max(1, states.length), value: ended }), `${progress?.phase ?? ''} ${ended}/${states.length}`];
  };
  const rowOf = async ({ id, playbook, status, trigger, createdAt }) => {
    const address = (file) => `/api/investigations/${encodeURIComponent(id)}/files/${file}${code ? `?code=${encodeURIComponent(code)}` : ''}`;
    const action = isGoing(status)
      ? make('button', { type: 'button', onclick: () => call(`/api/investigations/${id}`, { method: 'DELETE' }).then(refresh, (error) => say(error.message)) }, 'Cancel')
      : status === 'completed' ? make('a', { href: address('report.html'), target: '_blank', rel: 'noopener' }, 'Report') : '';
    return make('tr', {},
      make('td', {}, make('span', { className: `badge ${status}` }, status)),
      make('td', {}, make('b', {}, playbook)),
      make('td', {}, createdAt.slice(0, 19).replace('T', ' ')),
      make('td', {}, trigger),
      make('td', {}, ...(isGoing(status) ? await progressOf(id) : [''])),
      make('td', { className: 'id' }, id),
      make('td', {}, action));
  };
  const refresh = async () => {
    const { investigations } = await call('/api/investigations?limit=100');
    by('list').tBodies[0].replaceChildren(...(await Promise.all(investigations.map(rowOf))));
    by('nothing').hidden = investigations.length > 0;
    return investigations.some(({ status }) => isGoing(status));
  };
  const follow = async () => {
    let isBusy = false;
    try {
      isBusy = await refresh();
    } catch (error) {
      say(error.message);
    }
    setTimeout(follow, isBusy ? 700 : 4000);
  };

  const begin = async () => {
    try {
      ({ playbooks } = await call('/api/catalog/playbooks'));
      by('playbook').replaceChildren(...playbooks.map(({ name }) => make('option', { value: name }, name)));
      if (playbooks.some(({ name }) => name === 'host-triage')) by('playbook').value = 'host-triage';
      showPlaybook();
    } catch (error) {
      say(error.message);
    }
    await follow();
    document.body.dataset.ready = '';
  };
  void begin();
})();
