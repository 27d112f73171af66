/** A compiled route template: `investigations/{id}/artifacts/{*name}`, `{n:int?}`, `{id:guid}`. */
export interface Route {
  /** The parameters of a path that matches, decoded; undefined when it does not. */
  match(path: string): Record<string, string> | undefined;
  /** One digit per segment, literal before typed before plain before catch-all: the smaller text is tried first. */
  readonly precedence: string;
}

const PARAMETER = /^\{(\*?)([^:?}=]+)(?::([^?}=]+))?(\?)?\}$/;
const TYPES: Readonly<Record<string, string>> = {
  int: '-?\\d+',
  long: '-?\\d+',
  guid: '[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}',
  alpha: '[A-Za-z]+',
  bool: '[Tt]rue|[Ff]alse',
};

const escapeRegExp = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

export function compileRoute(template: string): Route {
  const names: string[] = [];
  let pattern = '';
  let precedence = '';
  for (const segment of template.split('/').filter(Boolean)) {
    const parameter = PARAMETER.exec(segment);
    if (!parameter) {
      pattern += `/${escapeRegExp(segment)}`;
      precedence += '1';
      continue;
    }
    const [, star, name, type, optional] = parameter;
    names.push(name!);
    const value = star ? '.*' : type ? (TYPES[type] ?? '[^/]+') : '[^/]+';
    pattern += star || optional ? `(?:/(${value}))?` : `/(${value})`;
    precedence += star ? '4' : type ? '2' : '3';
  }
  const expression = new RegExp(`^${pattern}/?$`, 'i');
  return {
    precedence,
    match: (path) => {
      const found = expression.exec(path);
      if (!found) return undefined;
      const parameters: Record<string, string> = {};
      for (const [index, name] of names.entries()) {
        const value = found[index + 1];
        if (value !== undefined) parameters[name] = decode(value);
      }
      return parameters;
    },
  };
}

function decode(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
