'use strict';
(() => {
  const root = document.documentElement;
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  root.classList.add('js');

  // Theme: the system's, until the reader chooses.
  const themes = ['', 'light', 'dark'];
  const store = {
    get: () => { try { return localStorage.getItem('theme') ?? ''; } catch { return ''; } },
    set: (value) => { try { localStorage.setItem('theme', value); } catch { /* A page from disk may have no storage. */ } },
  };
  const themeButton = document.getElementById('theme');
  const setTheme = (theme) => {
    if (theme) root.dataset.theme = theme;
    else delete root.dataset.theme;
    themeButton.textContent = { '': 'Theme: system', light: 'Theme: light', dark: 'Theme: dark' }[theme];
    store.set(theme);
  };
  const nextTheme = () => setTheme(themes[(themes.indexOf(root.dataset.theme ?? '') + 1) % themes.length]);
  setTheme(themes.includes(store.get()) ? store.get() : '');
  themeButton.addEventListener('click', nextTheme);

  // Filter: items that hold every word stay.
  const filter = document.getElementById('filter');
  const items = all('.item').map((element) => ({ element, text: element.textContent.toLowerCase() }));
  const applyFilter = () => {
    const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const { element, text } of items) {
      element.hidden = !words.every((word) => text.includes(word));
      if (!element.hidden) shown++;
    }
    document.getElementById('nothing').hidden = shown > 0 || items.length === 0;
    // What is folded away is searched as well: with a filter, folds that hold something are open.
    for (const fold of all('.fold')) if (all('.item', fold).length > 0) fold.open = words.length > 0 && all('.item', fold).some((item) => !item.hidden);
  };
  filter.addEventListener('input', applyFilter);

  for (const button of all('.copy')) {
    button.addEventListener('click', async () => {
      const source = button.closest('.item').querySelector(button.dataset.copies);
      try {
        await navigator.clipboard.writeText(source.textContent);
        button.textContent = 'Copied';
      } catch {
        getSelection().selectAllChildren(source);
        button.textContent = 'Selected';
      }
      setTimeout(() => { button.textContent = 'Copy'; }, 1500);
    });
  }

  // Sorting: numbers as numbers, everything else by character; a third click gives the first order back.
  const orders = ['none', 'ascending', 'descending'];
  const keyOf = (row, index) => row.cells[index].textContent.replace(/,/g, '');
  for (const table of all('table.sortable')) {
    const body = table.tBodies[0];
    const first = [...body.rows];
    all('th', table).forEach((head, index) => {
      head.setAttribute('aria-sort', 'none');
      head.tabIndex = 0;
      const sort = () => {
        const order = orders[(orders.indexOf(head.getAttribute('aria-sort')) + 1) % orders.length];
        for (const other of all('th', table)) other.setAttribute('aria-sort', 'none');
        head.setAttribute('aria-sort', order);
        const sign = order === 'descending' ? -1 : 1;
        const compare = (a, b) => {
          const [x, y] = [keyOf(a, index), keyOf(b, index)];
          const numbers = x !== '' && y !== '' ? x - y : Number.NaN;
          return sign * (Number.isNaN(numbers) ? (x < y ? -1 : x > y ? 1 : 0) : numbers);
        };
        body.append(...(order === 'none' ? first : [...first].sort(compare)));
      };
      head.addEventListener('click', sort);
      head.addEventListener('keydown', (event) => { if (event.key === 'Enter') sort(); });
    });
  }

  // A click on a row of first rows shows its cells in full.
  for (const row of all('.table tbody tr')) row.addEventListener('click', () => row.classList.toggle('open'));

  // Where the reader is, in the contents list.
  const links = new Map(all('nav a').map((link) => [link.getAttribute('href').slice(1), link]));
  const visible = new Set();
  const observer = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) visible[isIntersecting ? 'add' : 'delete'](target.id);
    const here = [...links.keys()].find((id) => visible.has(id));
    for (const [id, link] of links) link.classList.toggle('here', id === here);
  }, { rootMargin: '0px 0px -60% 0px' });
  for (const section of all('main > section')) observer.observe(section);

  // A link to a folded table unfolds it.
  const openTarget = () => {
    const target = location.hash && document.getElementById(location.hash.slice(1));
    if (target instanceof HTMLDetailsElement) target.open = true;
  };
  addEventListener('hashchange', openTarget);
  openTarget();
  const openAll = (open) => { for (const details of all('details')) details.open = open; };
  addEventListener('beforeprint', () => openAll(true));

  const findings = all('.finding');
  const step = (by) => {
    const shown = findings.filter((finding) => !finding.hidden);
    const at = shown.indexOf(document.activeElement?.closest?.('.finding'));
    const next = shown[Math.min(shown.length - 1, Math.max(0, at < 0 ? 0 : at + by))];
    const fold = next?.closest('.fold');
    if (fold) fold.open = true;
    next?.focus();
    next?.scrollIntoView({ block: 'start' });
  };
  const keys = {
    '/': () => filter.focus(),
    j: () => step(1),
    k: () => step(-1),
    e: () => openAll(!all('details').some((details) => details.open)),
    t: nextTheme,
  };
  addEventListener('keydown', (event) => {
    if (event.target === filter) {
      if (event.key === 'Escape') { filter.value = ''; applyFilter(); filter.blur(); }
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || !Object.hasOwn(keys, event.key)) return;
    event.preventDefault();
    keys[event.key]();
  });
  document.body.dataset.ready = '';
})();
