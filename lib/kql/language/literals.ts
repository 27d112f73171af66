import { isoFromTicks, MAX_DATETIME_TICKS, textFromTimespan } from '../../tables/index.ts';
import { parseDatetime } from '../functions/udfs/datetime-text.ts';
import { parseTimespan } from '../functions/udfs/timespan-text.ts';
import { elements, kindOf, mustPart, part, type SyntaxNode, textOf } from './syntax.ts';

/** The inside of `datetime(…)`, `real(…)` and the like, without quotes. */
export function insideOf(node: SyntaxNode): string {
  const text = textOf(node);
  const match = /^[a-z]+\s*\((.*)\)$/is.exec(text);
  return (match ? match[1]! : text).trim().replace(/^(['"])(.*)\1$/s, '$2');
}

/** The value of an `int` or `long` literal that is not null; the parser itself does not read hexadecimal ones. */
export function wholeValue(node: SyntaxNode): bigint {
  const inside = insideOf(node);
  const hexadecimal = /^(-?)(0x[0-9a-f]+)$/i.exec(inside);
  if (!hexadecimal) return BigInt(String(node.LiteralValue));
  const value = BigInt.asIntN(64, BigInt(hexadecimal[2]!));
  return hexadecimal[1] === '-' ? -value : value;
}

/** Ticks of a timespan literal; null for `timespan(null)`, undefined for what is none. */
export function timespanTicks(node: SyntaxNode): bigint | null | undefined {
  const inside = insideOf(node);
  if (/^null$/i.test(inside)) return null;
  return parseTimespan(inside) ?? undefined;
}

/** Ticks of a datetime literal; null for `datetime(null)`, undefined for what is none. */
export function datetimeTicks(node: SyntaxNode, nowInTicks: bigint): bigint | null | undefined {
  const inside = insideOf(node);
  if (/^null$/i.test(inside)) return null;
  if (/^now$/i.test(inside)) return nowInTicks;
  if (/^min$/i.test(inside)) return 0n;
  if (/^max$/i.test(inside)) return MAX_DATETIME_TICKS;
  return parseDatetime(inside) ?? undefined;
}

/** The JSON of a dynamic literal's inside; undefined if it holds what is no literal. */
export function dynamicJson(node: SyntaxNode): string | undefined {
  switch (kindOf(node)) {
    case 'JsonArrayExpression': {
      const items = elements(part(node, 'Values')).map(dynamicJson);
      return items.includes(undefined) ? undefined : `[${items.join(',')}]`;
    }
    case 'JsonObjectExpression': {
      const pairs = elements(part(node, 'Pairs')).map((pair) => {
        const value = dynamicJson(mustPart(pair, 'Value'));
        return value === undefined ? undefined : `${keyJson(mustPart(pair, 'Name'))}:${value}`;
      });
      return pairs.includes(undefined) ? undefined : `{${pairs.join(',')}}`;
    }
    case 'StringLiteralExpression':
    case 'CompoundStringLiteralExpression':
      return JSON.stringify(node.LiteralValue);
    case 'BooleanLiteralExpression':
      return /null/i.test(textOf(node)) ? 'null' : String(/true|\(1\)/i.test(textOf(node)));
    case 'NullLiteralExpression':
      return 'null';
    case 'LongLiteralExpression':
    case 'IntLiteralExpression':
      return node.LiteralValue == null ? 'null' : String(wholeValue(node));
    case 'RealLiteralExpression':
    case 'DecimalLiteralExpression':
      return realText(insideOf(node));
    case 'DateTimeLiteralExpression': {
      const ticks = datetimeTicks(node, 0n);
      return typeof ticks === 'bigint' ? JSON.stringify(isoFromTicks(ticks)) : 'null';
    }
    case 'TimespanLiteralExpression': {
      const ticks = timespanTicks(node);
      return typeof ticks === 'bigint' ? JSON.stringify(textFromTimespan(ticks)) : 'null';
    }
    case 'GuidLiteralExpression':
      return JSON.stringify(insideOf(node).toLowerCase());
    case 'UnaryMinusExpression':
      return negated(dynamicJson(mustPart(node, 'Expression')));
    case 'UnaryPlusExpression':
    case 'ParenthesizedExpression':
    case 'DynamicExpression':
      return dynamicJson(mustPart(node, 'Expression'));
    default:
      return undefined;
  }
}

function negated(json: string | undefined): string | undefined {
  return json !== undefined && /^\d/.test(json) ? `-${json}` : undefined;
}

function keyJson(node: SyntaxNode): string {
  return JSON.stringify(
    typeof node.LiteralValue === 'string' ? node.LiteralValue : textOf(node).replace(/^["']|["']$/g, ''),
  );
}

/** A real's text as JSON: `.5` and `5.` are no JSON. */
export function realText(text: string): string {
  if (/^null$/i.test(text)) return 'null';
  const number = Number(text.replace(/^\+/, ''));
  if (!Number.isFinite(number))
    return JSON.stringify(/nan/i.test(text) ? 'NaN' : text.startsWith('-') ? '-Infinity' : 'Infinity');
  if (/^-?\d+\.\d+$/.test(text)) return text;
  return Number.isInteger(number) && Math.abs(number) < 1e15 ? `${number}.0` : String(number);
}
