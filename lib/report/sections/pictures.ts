import { type Html, html, pngAddress, relativePath } from '../html.ts';
import type { Picture, ReportInput } from '../input.ts';
import { countText, type Section } from './parts.ts';

/** The pictures, each with the way to its interactive page. */
export function picturesSection({ pictures, artifacts }: ReportInput): Section | null {
  const pages = artifacts.filter(({ kind, path }) => kind === 'html' && !pictures.some(({ page }) => page === path));
  const exports = artifacts.filter(({ kind }) => kind === 'csv' || kind === 'json');
  if (pictures.length + pages.length + exports.length === 0) return null;
  const body = html`
${pictures.map(figure)}
${pages.length + exports.length > 0 && html`<ul class="files">${[...pages, ...exports].map(({ name, kind, path }) => html`<li><a href="${relativePath(path)}">${name}</a> <span class="tag">${kind}</span></li>`)}</ul>`}`;
  return { id: 'pictures', title: 'Pictures', count: pictures.length + pages.length, body };
}

function figure({ name, path, png, width, height, page }: Picture): Html {
  return html`
<figure class="item">${
    png
      ? html`<div class="picture" tabindex="0"><img src="${pngAddress(png)}" alt="${name}" width="${width}" height="${height}"></div>`
      : html`<p class="none">A picture of ${countText(width)} × ${countText(height)} pixels, too large for this page.</p>`
  }<figcaption><b>${name}</b> <a href="${relativePath(path)}">PNG</a>${page !== null && html` <a href="${relativePath(page)}">Interactive page</a>`}</figcaption></figure>`;
}
