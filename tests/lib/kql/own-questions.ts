/** A query and its answer, worked out by hand. */
export interface OwnQuestion {
  readonly name: string;
  readonly kql: string;
  readonly columns?: string;
  /** Rows with `|` between cells; null is `∅`. */
  readonly rows: readonly string[];
  /** True where the order of rows is part of the answer. */
  readonly ordered?: boolean;
}

/** Four logons and five processes of contoso, as every question's tables. */
const LOGONS = `let Logons = datatable(Time:datetime, Account:string, Host:string, Result:long)[
  datetime(2024-05-15 08:00), "anna", "ws-1", 0,
  datetime(2024-05-15 08:10), "anna", "ws-2", 50126,
  datetime(2024-05-15 09:30), "bert", "ws-1", 0,
  datetime(2024-05-15 11:00), "Anna", "srv-1", 0];
`;
const PROCESSES = `let Processes = datatable(Time:datetime, Host:string, Name:string, Args:dynamic)[
  datetime(2024-05-15 08:01), "ws-1", "cmd.exe", dynamic(["/c", "whoami"]),
  datetime(2024-05-15 08:02), "ws-1", "powershell.exe", dynamic(["-enc", "QQ=="]),
  datetime(2024-05-15 08:20), "ws-2", "cmd.exe", dynamic([]),
  datetime(2024-05-15 11:05), "srv-1", "ntdsutil.exe", dynamic({"mode": "ifm", "path": "c:"}),
  datetime(2024-05-15 11:06), "srv-9", "calc.exe", dynamic(null)];
`;
const NUMBERS = `let N = datatable(g:string, x:long)["a", 1, "a", 2, "b", 3, "b", long(null), "c", 5];
`;

export const OWN_QUESTIONS: readonly OwnQuestion[] = [
  // where, project and their kin
  {
    name: 'where',
    kql: `${LOGONS}Logons | where Result == 0 and Host startswith "ws" | project Account`,
    rows: ['anna', 'bert'],
  },
  {
    name: 'where with or',
    kql: `${LOGONS}Logons | where Account == "bert" or Host has "srv" | project Host`,
    rows: ['ws-1', 'srv-1'],
  },
  { name: 'where with a time', kql: `${LOGONS}Logons | where Time > ago(2h) | project Account`, rows: ['Anna'] },
  { name: 'where on any column', kql: `${LOGONS}Logons | where * has "bert" | project Host`, rows: ['ws-1'] },
  {
    name: 'project with a name',
    kql: `${LOGONS}Logons | project Who = tolower(Account), Result | take 1`,
    columns: 'Who:string Result:long',
    rows: ['anna|0'],
  },
  {
    name: 'project-away',
    kql: `${LOGONS}Logons | project-away Time, Re* | take 1`,
    columns: 'Account:string Host:string',
    rows: ['anna|ws-1'],
  },
  {
    name: 'project-keep',
    kql: `${LOGONS}Logons | project-keep H*, Account | take 1`,
    columns: 'Account:string Host:string',
    rows: ['anna|ws-1'],
  },
  {
    name: 'project-rename',
    kql: `${LOGONS}Logons | project-rename Computer = Host | where Account == "bert" | project Computer`,
    rows: ['ws-1'],
  },
  {
    name: 'project-reorder',
    kql: `${LOGONS}Logons | project-reorder Result, Host | take 0`,
    columns: 'Result:long Host:string Time:datetime Account:string',
    rows: [],
  },
  {
    name: 'extend',
    kql: `${NUMBERS}N | extend y = x * 2, g = toupper(g) | where y > 5`,
    columns: 'g:string x:long y:long',
    rows: ['B|3|6', 'C|5|10'],
  },
  { name: 'extend without a name', kql: 'print x = 1 | extend x + 1', columns: 'x:long Column1:long', rows: ['1|2'] },
  {
    name: 'extend of a tuple',
    kql: 'print s = dynamic([1, 2, 3]) | extend (low, at, high) = series_stats(s) | project low, at, high',
    rows: ['1|0|3'],
  },
  {
    name: 'names that differ in case',
    kql: 'datatable(a:long, A:long)[1, 2] | extend aA = a - A',
    columns: 'a:long A:long aA:long',
    rows: ['1|2|-1'],
  },
  { name: 'distinct', kql: `${LOGONS}Logons | distinct Host`, rows: ['ws-1', 'ws-2', 'srv-1'] },
  { name: 'distinct of all', kql: 'datatable(a:long, b:long)[1, 1, 1, 1, 1, 2] | distinct *', rows: ['1|1', '1|2'] },
  { name: 'count', kql: `${LOGONS}Logons | count`, columns: 'Count:long', rows: ['4'] },
  { name: 'take', kql: 'range i from 1 to 10 step 1 | take 3', rows: ['1', '2', '3'] },
  {
    name: 'sort is descending, nulls last',
    kql: `${NUMBERS}N | sort by x | project x`,
    rows: ['5', '3', '2', '1', '∅'],
    ordered: true,
  },
  {
    name: 'sort ascending, nulls first',
    kql: `${NUMBERS}N | order by x asc | project x`,
    rows: ['∅', '1', '2', '3', '5'],
    ordered: true,
  },
  {
    name: 'sort by two',
    kql: `${NUMBERS}N | sort by g asc, x desc nulls first | project g, x`,
    rows: ['a|2', 'a|1', 'b|∅', 'b|3', 'c|5'],
    ordered: true,
  },
  { name: 'top', kql: `${NUMBERS}N | top 2 by x`, rows: ['c|5', 'b|3'], ordered: true },
  {
    name: 'top ascending with nulls last',
    kql: `${NUMBERS}N | top 2 by x asc nulls last`,
    rows: ['a|1', 'a|2'],
    ordered: true,
  },
  { name: 'sample takes rows', kql: 'range i from 1 to 5 step 1 | sample 2 | count', rows: ['2'] },
  { name: 'sample-distinct', kql: `${NUMBERS}N | sample-distinct 2 of g | count`, rows: ['2'] },
  { name: 'print', kql: 'print 1, b = "x"', columns: 'print_0:long b:string', rows: ['1|x'] },
  {
    name: 'range of times',
    kql: 'range t from datetime(2024-01-01) to datetime(2024-01-01 02:00) step 1h',
    rows: ['2024-01-01T00:00:00.0000000Z', '2024-01-01T01:00:00.0000000Z', '2024-01-01T02:00:00.0000000Z'],
  },
  { name: 'range of reals', kql: 'range r from 0.5 to 1.5 step 0.5', rows: ['0.5', '1', '1.5'] },
  { name: 'getschema', kql: `${NUMBERS}N | getschema | project ColumnName, ColumnType`, rows: ['g|string', 'x|long'] },
  { name: 'render changes nothing', kql: 'print x = 1 | render timechart', rows: ['1'] },
  { name: 'as gives a name', kql: 'range i from 1 to 2 step 1 | as T | union T | count', rows: ['4'] },
  { name: 'consume', kql: 'range i from 1 to 2 step 1 | consume', rows: [] },
  { name: 'set is taken', kql: 'set notruncation; print 1', rows: ['1'] },
  // summarize
  {
    name: 'summarize by',
    kql: `${LOGONS}Logons | summarize Count = count(), Last = max(Time) by Account`,
    columns: 'Account:string Count:long Last:datetime',
    rows: [
      'anna|2|2024-05-15T08:10:00.0000000Z',
      'bert|1|2024-05-15T09:30:00.0000000Z',
      'Anna|1|2024-05-15T11:00:00.0000000Z',
    ],
  },
  {
    name: 'summarize by bin',
    kql: `${LOGONS}Logons | summarize count() by bin(Time, 1h)`,
    columns: 'Time:datetime count_:long',
    rows: ['2024-05-15T08:00:00.0000000Z|2', '2024-05-15T09:00:00.0000000Z|1', '2024-05-15T11:00:00.0000000Z|1'],
  },
  {
    name: 'summarize without by',
    kql: `${NUMBERS}N | summarize sum(x), avg(x), min(x), max(x), count()`,
    rows: ['11|2.75|1|5|5'],
  },
  {
    name: 'summarize of nothing',
    kql: `${NUMBERS}N | where x > 100 | summarize sum(x), avg(x), max(x), count()`,
    rows: ['0|NaN|∅|0'],
  },
  {
    name: 'conditional aggregates',
    kql: `${NUMBERS}N | summarize countif(x > 1), sumif(x, g == "a"), avgif(x, g == "a"), minif(x, x > 2), maxif(x, x < 3)`,
    rows: ['3|3|1.5|3|2'],
  },
  {
    name: 'distinct counts',
    kql: `${NUMBERS}N | summarize dcount(g), count_distinct(g), dcountif(g, x > 2), count_distinctif(g, x > 2)`,
    rows: ['3|3|2|2'],
  },
  {
    name: 'make_list and make_set',
    kql: 'datatable(s:string)["b", "a", "b"] | summarize make_list(s), make_set(s), make_list(s, 1), make_set(s, 1)',
    rows: ['["b","a","b"]|["b","a"]|["b"]|["b"]'],
  },
  {
    name: 'conditional lists',
    kql: `${NUMBERS}N | summarize make_list_if(x, g == "a"), make_set_if(g, x > 2), make_list_with_nulls(x)`,
    rows: ['[1,2]|["b","c"]|[1,2,3,null,5]'],
  },
  {
    name: 'make_bag',
    kql: 'datatable(k:string, v:long)["a", 1, "b", 2] | summarize make_bag(bag_pack(k, v)), make_bag_if(bag_pack(k, v), v > 1)',
    rows: ['{"a":1,"b":2}|{"b":2}'],
  },
  {
    name: 'arg_max of all',
    kql: `${LOGONS}Logons | summarize arg_max(Time, *) by Host | where Host == "ws-1" | project Account`,
    rows: ['bert'],
  },
  {
    name: 'arg_min of some',
    kql: `${LOGONS}Logons | summarize arg_min(Time, Account) by Host | where Host == "ws-1" | project Account`,
    rows: ['anna'],
  },
  { name: 'arg_max alone', kql: `${NUMBERS}N | summarize arg_max(x, g)`, rows: ['5|c'] },
  { name: 'arg_max of nothing more', kql: `${NUMBERS}N | summarize arg_max(x), arg_min(x)`, rows: ['5|1'] },
  {
    name: 'take_any',
    kql: 'datatable(a:long, b:string)[1, "x"] | summarize take_any(a), take_anyif(b, a == 1), any(b)',
    rows: ['1|x|x'],
  },
  { name: 'take_any of all', kql: 'datatable(a:long, b:string)[1, "x"] | summarize take_any(*)', rows: ['1|x'] },
  {
    name: 'percentiles',
    kql: 'range x from 1 to 100 step 1 | summarize percentile(x, 50), percentiles(x, 5, 95), percentiles_array(x, 25, 75)',
    rows: ['50|5|95|[25,75]'],
  },
  {
    name: 'spreads',
    kql: 'datatable(x:real)[1.0, 3.0] | summarize variance(x), variancep(x), round(stdev(x), 4), stdevp(x), varianceif(x, true), stdevif(x, x > 5), variancepif(x, true)',
    rows: ['2|1|1.4142|1|2|0|1'],
  },
  {
    name: 'covariances',
    kql: 'datatable(x:real, y:real)[1.0, 2.0, 3.0, 6.0] | summarize covariance(x, y), covariancep(x, y), covarianceif(x, y, true), covariancepif(x, y, true)',
    rows: ['4|2|4|2'],
  },
  {
    name: 'bits',
    kql: 'datatable(x:long)[6, 3] | summarize binary_all_and(x), binary_all_or(x), binary_all_xor(x)',
    rows: ['2|7|5'],
  },
  {
    name: 'decimals are summed exactly',
    kql: 'datatable(d:decimal)[decimal(0.1), decimal(0.2)] | summarize sum(d), max(d), avg(d)',
    rows: ['0.3|0.2|0.15'],
  },
  {
    name: 'aggregates in expressions',
    kql: `${NUMBERS}N | summarize r = todouble(sum(x)) / count() by g | where g == "a"`,
    rows: ['a|1.5'],
  },
  {
    name: 'by an expression',
    kql: `${LOGONS}Logons | summarize count() by Ok = Result == 0`,
    rows: ['True|3', 'False|1'],
  },
  // join, lookup, union
  {
    name: 'join is innerunique',
    kql: 'datatable(k:long, a:string)[1, "x", 1, "y"] | join (datatable(k:long, b:string)[1, "p", 1, "q"]) on k | count',
    rows: ['2'],
  },
  {
    name: 'join inner',
    kql: 'datatable(k:long, a:string)[1, "x", 1, "y"] | join kind=inner (datatable(k:long, b:string)[1, "p", 1, "q"]) on k | count',
    rows: ['4'],
  },
  {
    name: 'join leftouter',
    kql: `${LOGONS}${PROCESSES}Logons | join kind=leftouter (Processes | where Name == "ntdsutil.exe") on Host | project Account, Name`,
    rows: ['anna|', 'anna|', 'bert|', 'Anna|ntdsutil.exe'],
  },
  {
    name: 'join rightouter',
    kql: `${LOGONS}${PROCESSES}Logons | join kind=rightouter Processes on Host | where isempty(Account) | project Host1, Name`,
    rows: ['srv-9|calc.exe'],
  },
  {
    name: 'join fullouter',
    kql: 'datatable(k:long)[1, 2] | join kind=fullouter (datatable(k:long)[2, 3]) on k',
    columns: 'k:long k1:long',
    rows: ['1|∅', '2|2', '∅|3'],
  },
  {
    name: 'join leftanti',
    kql: `${LOGONS}${PROCESSES}Processes | join kind=leftanti Logons on Host | project Name`,
    rows: ['calc.exe'],
  },
  {
    name: 'join rightanti',
    kql: `${LOGONS}${PROCESSES}Logons | join kind=rightanti Processes on Host | project Name`,
    rows: ['calc.exe'],
  },
  {
    name: 'join leftsemi',
    kql: 'datatable(k:long)[1, 1, 2] | join kind=leftsemi (datatable(k:long)[1, 1]) on k',
    rows: ['1', '1'],
  },
  {
    name: 'join rightsemi',
    kql: 'datatable(k:long)[1, 1, 2] | join kind=rightsemi (datatable(k:long, v:long)[1, 5, 9, 6]) on k',
    columns: 'k:long v:long',
    rows: ['1|5'],
  },
  {
    name: 'join on two sides',
    kql: 'datatable(a:long)[1, 2] | join kind=inner (datatable(b:long, c:string)[2, "x"]) on $left.a == $right.b | project a, c',
    rows: ['2|x'],
  },
  {
    name: 'null keys match',
    kql: 'datatable(k:long)[long(null)] | join kind=inner (datatable(k:long, v:string)[long(null), "n"]) on k | project v',
    rows: ['n'],
  },
  {
    name: 'lookup',
    kql: 'datatable(k:long)[1, 2] | lookup (datatable(k:long, v:string)[1, "one"]) on k',
    columns: 'k:long v:string',
    rows: ['1|one', '2|'],
  },
  {
    name: 'lookup inner',
    kql: 'datatable(k:long)[1, 2] | lookup kind=inner (datatable(k:long, v:string)[1, "one"]) on k',
    rows: ['1|one'],
  },
  { name: 'union pads', kql: 'union (print a = 1), (print b = "x")', columns: 'a:long b:string', rows: ['1|', '∅|x'] },
  {
    name: 'union with a clash of types',
    kql: 'union (print a = 1), (print a = "x")',
    columns: 'a_long:long a_string:string',
    rows: ['1|', '∅|x'],
  },
  {
    name: 'union with its source',
    kql: `${NUMBERS}union withsource=From N, (print g = "z") | summarize count() by From`,
    rows: ['union_arg0|5', 'union_arg1|1'],
  },
  {
    name: 'union inner keeps the common',
    kql: 'union kind=inner (print a = 1, b = 2), (print a = 3, c = 4)',
    columns: 'a:long',
    rows: ['1', '3'],
  },
  { name: 'union isfuzzy goes on', kql: 'union isfuzzy=true (print a = 1), NoSuchTable', rows: ['1'] },
  // let, functions
  { name: 'let scalar', kql: 'let limit = 2; range i from 1 to 5 step 1 | where i > limit | count', rows: ['3'] },
  { name: 'let function', kql: 'let twice = (x:long) { x * 2 }; print twice(21)', rows: ['42'] },
  {
    name: 'let function with a default',
    kql: 'let add = (x:long, y:long = 10) { x + y }; print add(1), add(1, y = 2)',
    rows: ['11|3'],
  },
  {
    name: 'let tabular function',
    kql: `${NUMBERS}let big = (T:(x:long), low:long) { T | where x > low }; big(N, 2) | project x`,
    rows: ['3', '5'],
  },
  {
    name: 'invoke',
    kql: `${NUMBERS}let big = (T:(x:long), low:long) { T | where x > low }; N | invoke big(4) | project x`,
    rows: ['5'],
  },
  { name: 'materialize', kql: `${NUMBERS}let M = materialize(N | where x > 1); union M, M | count`, rows: ['6'] },
  { name: 'toscalar', kql: `${NUMBERS}N | where x == toscalar(N | summarize max(x)) | project g`, rows: ['c'] },
  {
    name: 'in a table',
    kql: `${NUMBERS}N | where g in ((N | where x > 2 | project g)) | summarize by g`,
    rows: ['b', 'c'],
  },
  {
    name: 'not in a list of let',
    kql: `${NUMBERS}let skip = dynamic(["a", "b"]); N | where g !in (skip) | project x`,
    rows: ['5'],
  },
  {
    name: 'column_ifexists',
    kql: 'print a = 1 | extend b = column_ifexists("a", 0), c = column_ifexists("z", 7)',
    rows: ['1|1|7'],
  },
  {
    name: 'pack_all and pack_array',
    kql: 'print a = 1, b = "x" | project pack_all(), pack_array(*)',
    rows: ['{"a":1,"b":"x"}|[1,"x"]'],
  },
  {
    name: 'datatable of every type',
    kql: 'datatable(b:bool, i:int, r:real, t:timespan, g:guid, d:dynamic, m:decimal)[true, 1, 2.5, 1h, guid(a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11), dynamic({"a": 1}), decimal(1.5)]',
    rows: ['True|1|2.5|01:00:00|a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11|{"a":1}|1.5'],
  },
  // mv-expand, mv-apply, partition
  {
    name: 'mv-expand',
    kql: `${PROCESSES}Processes | where Host == "ws-1" | mv-expand Args | project Name, Args`,
    rows: ['cmd.exe|"/c"', 'cmd.exe|"whoami"', 'powershell.exe|"-enc"', 'powershell.exe|"QQ=="'],
  },
  {
    name: 'mv-expand drops the empty and keeps the null',
    kql: `${PROCESSES}Processes | where Host in ("ws-2", "srv-9") | mv-expand Args | project Name`,
    rows: ['calc.exe'],
  },
  {
    name: 'mv-expand to a type, with an index',
    kql: 'print d = dynamic([10, 20]) | mv-expand with_itemindex = i d to typeof(long)',
    columns: 'd:long i:long',
    rows: ['10|0', '20|1'],
  },
  {
    name: 'mv-expand of a bag',
    kql: 'print d = dynamic({"a": 1, "b": 2}) | mv-expand d',
    rows: ['{"a":1}', '{"b":2}'],
  },
  {
    name: 'mv-expand of a bag as pairs',
    kql: 'print d = dynamic({"a": 1}) | mv-expand kind=array d',
    rows: ['["a",1]'],
  },
  {
    name: 'mv-expand of two',
    kql: 'print a = dynamic([1, 2]), b = dynamic(["x"]) | mv-expand a, b',
    rows: ['1|"x"', '2|∅'],
  },
  { name: 'mv-expand with a limit', kql: 'print d = dynamic([1, 2, 3]) | mv-expand d limit 2', rows: ['1', '2'] },
  {
    name: 'mv-apply',
    kql: 'datatable(id:long, v:dynamic)[1, dynamic([1, 5]), 2, dynamic([3])] | mv-apply x = v to typeof(long) on (summarize top = max(x)) | project id, top',
    rows: ['1|5', '2|3'],
  },
  {
    name: 'mv-apply with filter and top',
    kql: 'datatable(id:long, v:dynamic)[1, dynamic([4, 9, 7]), 2, dynamic([1])] | mv-apply x = v to typeof(long) on (where x > 3 | top 1 by x asc) | project id, x',
    rows: ['1|4'],
  },
  { name: 'partition', kql: `${NUMBERS}N | partition by g (top 1 by x) | project g, x`, rows: ['a|2', 'b|3', 'c|5'] },
  // parse
  {
    name: 'parse',
    kql: 'print s = "user=anna port=22 ok" | parse s with "user=" user " port=" port:long " " rest | project user, port, rest',
    columns: 'user:string port:long rest:string',
    rows: ['anna|22|ok'],
  },
  {
    name: 'parse with a star',
    kql: 'print s = "x [a] y [b]" | parse s with * "[" word "]" * | project word',
    rows: ['a'],
  },
  { name: 'parse that does not match', kql: 'print s = "nothing" | parse s with "a=" a:long | project a', rows: ['∅'] },
  {
    name: 'parse by regex',
    kql: 'print s = "id 12, id 34" | parse kind=regex s with @".*id " n:long | project n',
    rows: ['34'],
  },
  {
    name: 'parse-where',
    kql: 'datatable(s:string)["a=1", "b"] | parse-where s with "a=" n:long | project n',
    rows: ['1'],
  },
  {
    name: 'parse-kv',
    kql: 'print s = "a=1, b=x y" | parse-kv s as (a:long, b:string) with (pair_delimiter=",", kv_delimiter="=") | project a, b',
    rows: ['1|x y'],
  },
  {
    name: 'parse-kv with quotes',
    kql: 'print s = "a=\\"x, y\\", b=2" | parse-kv s as (a:string, b:long) with (pair_delimiter=",", kv_delimiter="=", quote="\\"") | project a, b',
    rows: ['x, y|2'],
  },
  // windows
  {
    name: 'row_number',
    kql: `${NUMBERS}N | where x > 0 | sort by x asc | extend n = row_number() | project x, n`,
    rows: ['1|1', '2|2', '3|3', '5|4'],
    ordered: true,
  },
  {
    name: 'row_number with restart',
    kql: `${NUMBERS}N | where x > 0 | sort by x asc | extend n = row_number(1, g != prev(g)) | project g, n`,
    rows: ['a|1', 'a|2', 'b|1', 'c|1'],
    ordered: true,
  },
  {
    name: 'prev and next',
    kql: 'range i from 1 to 3 step 1 | sort by i asc | extend p = prev(i), n = next(i, 1, -1)',
    rows: ['1|∅|2', '2|1|3', '3|2|-1'],
    ordered: true,
  },
  {
    name: 'row_cumsum',
    kql: `${NUMBERS}N | where x > 0 | sort by x asc | project s = row_cumsum(x), r = row_cumsum(x, g != prev(g))`,
    rows: ['1|1', '3|3', '6|3', '11|5'],
    ordered: true,
  },
  {
    name: 'ranks',
    kql: 'datatable(x:long)[5, 5, 7] | sort by x asc | extend d = row_rank_dense(x), m = row_rank_min(x)',
    rows: ['5|1|1', '5|1|1', '7|2|3'],
    ordered: true,
  },
  {
    name: 'row_window_session',
    kql: `${LOGONS}Logons | sort by Time asc | extend s = row_window_session(Time, 12h, 1h) | summarize count() by s`,
    rows: ['2024-05-15T08:00:00.0000000Z|2', '2024-05-15T09:30:00.0000000Z|1', '2024-05-15T11:00:00.0000000Z|1'],
  },
  {
    name: 'windows in where',
    kql: 'datatable(x:long)[1, 2, 4, 5] | sort by x asc | where x - prev(x) > 1',
    rows: ['4'],
  },
  { name: 'serialize', kql: 'range i from 3 to 4 step 1 | serialize n = row_number()', rows: ['3|1', '4|2'] },
  {
    name: 'scan sums',
    kql: 'range i from 1 to 3 step 1 | sort by i asc | scan declare (total:long = 0) with (step s: true => total = s.total + i;)',
    columns: 'i:long total:long',
    rows: ['1|1', '2|3', '3|6'],
  },
  {
    name: 'scan of two steps',
    kql: 'datatable(t:long, e:string)[1, "open", 2, "x", 3, "close", 4, "close"] | sort by t asc | scan with_match_id = m with (step a: e == "open"; step b: e == "close";) | project t, e, m',
    rows: ['1|open|0', '3|close|0', '4|close|0'],
  },
  // make-series, series
  {
    name: 'make-series',
    kql: `${LOGONS}Logons | make-series n = count() on Time from datetime(2024-05-15 08:00) to datetime(2024-05-15 12:00) step 1h | project n`,
    rows: ['[2,1,0,1]'],
  },
  {
    name: 'make-series by',
    kql: `${LOGONS}Logons | make-series n = count() default = 0 on Time from datetime(2024-05-15 08:00) to datetime(2024-05-15 10:00) step 1h by Host | project Host, n`,
    rows: ['ws-1|[1,1]', 'ws-2|[1,0]'],
  },
  {
    name: 'make-series in a range',
    kql: 'range i from 1 to 4 step 1 | make-series s = sum(i) on i in range(1, 4, 2) | project s, i',
    rows: ['[3,7]|[1,3]'],
  },
  {
    name: 'make-series on its own bounds',
    kql: 'datatable(t:datetime)[datetime(2024-01-01 00:30), datetime(2024-01-01 02:10)] | make-series count() on t step 1h | project count_',
    rows: ['[1,0,1]'],
  },
  {
    name: 'anomalies',
    kql: 'print s = dynamic([1, 1, 1, 1, 1, 1, 1, 90, 1, 1, 1, 1]) | extend (flag, score, base) = series_decompose_anomalies(s, 1.5, 0) | project flag[7], flag[0]',
    rows: ['1|0'],
  },
  {
    name: 'fit line',
    kql: 'print s = dynamic([1, 3, 5]) | extend (r, slope) = series_fit_line(s) | project r, slope',
    rows: ['1|2'],
  },
  {
    name: 'decompose',
    kql: 'print s = dynamic([1, 2, 3]) | extend (base, season, trend, rest) = series_decompose(s, 0, "avg") | project base, rest',
    rows: ['[2.0,2.0,2.0]|[-1.0,0.0,1.0]'],
  },
  {
    name: 'forecast',
    kql: 'print s = dynamic([1, 2, 3, 0]) | extend f = series_decompose_forecast(s, 1, 0) | project f[3]',
    rows: ['4.0'],
  },
  {
    name: 'fit two lines',
    kql: 'print s = dynamic([0, 0, 0, 5, 5, 5]) | extend (r, at) = series_fit_2lines(s) | project at',
    rows: ['3'],
  },
  {
    name: 'periods',
    kql: 'print s = dynamic([1, 5, 1, 5, 1, 5, 1, 5]) | extend (p, score) = series_periods_detect(s, 0.0, 4.0, 1) | project p',
    rows: ['[2.0]'],
  },
  // evaluate
  {
    name: 'bag_unpack',
    kql: 'datatable(i:long, d:dynamic)[1, dynamic({"a": 1, "b": "x"}), 2, dynamic({"a": 2})] | evaluate bag_unpack(d)',
    columns: 'i:long a:long b:string',
    rows: ['1|1|x', '2|2|'],
  },
  {
    name: 'bag_unpack with a prefix, and on',
    kql: 'print d = dynamic({"a": 1}) | evaluate bag_unpack(d, "p_") | extend z = p_a + 1',
    columns: 'p_a:long z:long',
    rows: ['1|2'],
  },
  { name: 'pivot', kql: `${NUMBERS}N | evaluate pivot(g, sum(x))`, columns: 'a:long b:long c:long', rows: ['3|3|5'] },
  {
    name: 'pivot by the rest',
    kql: 'datatable(u:string, a:string)["x", "p", "x", "q", "y", "p", "x", "p"] | evaluate pivot(a) | sort by u asc',
    columns: 'u:string p:long q:long',
    rows: ['x|2|1', 'y|1|0'],
  },
  { name: 'narrow', kql: 'print a = 1, b = "x" | evaluate narrow()', rows: ['0|a|1', '0|b|x'] },
  {
    name: 'ipv4_lookup',
    kql: 'let Nets = datatable(net:string, site:string)["192.0.2.0/24", "wide", "192.0.2.128/25", "lab"]; datatable(ip:string)["192.0.2.200", "198.51.100.1"] | evaluate ipv4_lookup(Nets, ip, net) | project ip, site',
    rows: ['192.0.2.200|lab'],
  },
  {
    name: 'ipv4_lookup keeps the unmatched',
    kql: 'let Nets = datatable(net:string, site:string)["192.0.2.0/24", "wide"]; datatable(ip:string)["198.51.100.1"] | evaluate ipv4_lookup(Nets, ip, net, return_unmatched = true) | project ip, site',
    rows: ['198.51.100.1|'],
  },
  {
    name: 'top-nested',
    kql: `${NUMBERS}N | top-nested 1 of g by sum(x)`,
    columns: 'g:string aggregated_g:long',
    rows: ['c|5'],
  },
  {
    name: 'top-nested in two levels',
    kql: `${LOGONS}Logons | top-nested 1 of Account by n = count(), top-nested 1 of Host by m = max(Result)`,
    rows: ['anna|2|ws-2|50126'],
  },
  {
    name: 'hexadecimal rows (documentation: "binary_all_and()")',
    kql: 'datatable(num:long)[0xFFFFFFFF, 0xFFFFF00F, 0xCFFFFFFD, 0xFAFEFFFF] | summarize toupper(tohex(binary_all_and(num)))',
    rows: ['CAFEF00D'],
  },
  {
    name: 'make-series of nothing (documentation: "make-series operator")',
    kql: 'range x from 1 to 3 step 1 | where false | make-series n = count() on x from 1 to 3 step 1',
    rows: [],
  },
  {
    name: 'make-series of nothing that is kept',
    kql: 'range x from 1 to 3 step 1 | where false | make-series kind=nonempty a = avg(x) default=7.0 on x from 1 to 3 step 1',
    rows: ['[7.0,7.0]|[1,2]'],
  },
  {
    name: 'activity_counts_metrics (documentation: "activity_counts_metrics plugin")',
    kql: `datatable(U:string, T:datetime)["A", datetime(2017-08-01), "D", datetime(2017-08-01), "C", datetime(2017-08-02), "A", datetime(2017-08-02 05:00), "A", datetime(2017-08-03)]
      | evaluate activity_counts_metrics(U, T, datetime(2017-08-01), datetime(2017-08-03), 1d)`,
    columns: 'T:datetime count:long dcount:long new_dcount:long aggregated_dcount:long',
    rows: [
      '2017-08-01T00:00:00.0000000Z|2|2|2|2',
      '2017-08-02T00:00:00.0000000Z|2|2|1|3',
      '2017-08-03T00:00:00.0000000Z|1|1|0|3',
    ],
  },
  {
    name: 'activity_counts_metrics by a dimension',
    kql: `datatable(U:string, T:datetime, D:long)["a", datetime(2020-01-01), 1, "b", datetime(2020-01-02), 2, "a", datetime(2020-01-02), 1]
      | evaluate activity_counts_metrics(U, T, datetime(2020-01-01), datetime(2020-01-05), 1d, D)`,
    columns: 'T:datetime D:long count:long dcount:long new_dcount:long aggregated_dcount:long',
    rows: [
      '2020-01-01T00:00:00.0000000Z|1|1|1|1|1',
      '2020-01-02T00:00:00.0000000Z|1|1|1|0|1',
      '2020-01-02T00:00:00.0000000Z|2|1|1|1|1',
    ],
  },
  {
    name: 'sliding_window_counts (documentation: "sliding_window_counts plugin")',
    kql: `datatable(U:string, T:datetime)["Bob", datetime(2017-08-01), "David", datetime(2017-08-01), "David", datetime(2017-08-01), "Bob", datetime(2017-08-03), "Betsy", datetime(2017-08-04)]
      | evaluate sliding_window_counts(U, T, datetime(2017-08-01), datetime(2017-08-05), 2d, 1d)`,
    columns: 'T:datetime Count:long Dcount:long',
    rows: [
      '2017-08-01T00:00:00.0000000Z|3|2',
      '2017-08-02T00:00:00.0000000Z|3|2',
      '2017-08-03T00:00:00.0000000Z|1|1',
      '2017-08-04T00:00:00.0000000Z|2|2',
      '2017-08-05T00:00:00.0000000Z|1|1',
    ],
  },
  {
    name: 'bag_unpack that keeps the source (documentation: "bag_unpack plugin")',
    kql: 'datatable(Name:string, d:dynamic)["J", dynamic({"Name": "x", "Age": 20, "No": 1})] | evaluate bag_unpack(d, columnsConflict="keep_source", ignoredProperties=dynamic(["No"]))',
    columns: 'Name:string Age:long',
    rows: ['J|20'],
  },
  {
    name: 'bag_unpack that replaces the source (documentation: "bag_unpack plugin")',
    kql: 'datatable(Name:string, x:long, d:dynamic)["James", 1, dynamic({"Name": "John", "Age": 20}), "David", 2, dynamic({"Age": 40})] | evaluate bag_unpack(d, columnsConflict="replace_source") | project Name, Age, x',
    columns: 'Name:string Age:long x:long',
    rows: ['John|20|1', '|40|2'],
  },
  {
    name: 'parse-kv of one key twice, with others between',
    kql: 'print s = "a=1 b=2" | parse-kv s as (a:string) with (pair_delimiter=" ", kv_delimiter="=") | parse-kv s as (b:string) with (pair_delimiter=" ", kv_delimiter="=") | parse-kv s as (a:string) with (pair_delimiter=" ", kv_delimiter="=") | project a, b',
    rows: ['1|2'],
  },
  {
    name: 'summarize by a key of an empty bag',
    kql: 'print d = dynamic({}) | where false | evaluate bag_unpack(d) | summarize count() by k',
    columns: 'k:string count_:long',
    rows: [],
  },
  {
    name: 'bag_unpack inside of a function that is called once',
    kql: 'let f = (X:(B:dynamic, c:long)) { X | evaluate bag_unpack(B) }; datatable(B:dynamic, c:long)[dynamic({"q": 1}), 5] | invoke f() | project q, c',
    columns: 'q:long c:long',
    rows: ['1|5'],
  },
  {
    name: 'parse whose time is none (documentation: "parse operator", strict)',
    kql: 'datatable(s:string)["n=1 t=soon.", "n=2 t=2024-01-01."] | parse s with "n=" n:long " t=" t:datetime "."',
    rows: ['n=1 t=soon.|∅|∅', 'n=2 t=2024-01-01.|2|2024-01-01T00:00:00.0000000Z'],
  },
  {
    name: 'parse-where whose time is none (documentation: "parse-where operator")',
    kql: 'datatable(s:string)["n=1 t=soon.", "n=2 t=2024-01-01."] | parse-where s with "n=" n:long " t=" t:datetime "." | project n',
    rows: ['2'],
  },
  {
    name: 'parse kind=relaxed takes a number where one is (documentation: "parse operator")',
    kql: 'datatable(s:string)["a=5, b=x, z", "a=no, b=7, z"] | parse kind=relaxed s with "a=" a:long ", b=" b:long * "z" | project a, b',
    rows: ['5|∅', '∅|7'],
  },
  {
    name: 'parse-kv with quoted keys (documentation: "parse-kv operator")',
    kql: `print s = 'src=10.1.1.123 failure="connection aborted" "event time"=2021-01-01T10:00:54' | parse-kv s as (['event time']:datetime, src:string, failure:string) with (pair_delimiter=' ', kv_delimiter='=', quote='"') | project-away s`,
    rows: ['2021-01-01T10:00:54.0000000Z|10.1.1.123|connection aborted'],
  },
  {
    name: 'parse-kv with opening and closing quotes',
    kql: `print s = 'src=10.1.1.123 failure=(connection aborted) (event time)=(2021-01-01 10:00:54)' | parse-kv s as (['event time']:datetime, failure:string) with (pair_delimiter=' ', kv_delimiter='=', quote='()') | project-away s`,
    rows: ['2021-01-01T10:00:54.0000000Z|connection aborted'],
  },
  {
    name: 'parse-kv that is greedy',
    kql: `print s = 'name=John Doe phone=555 5555 city=New York' | parse-kv s as (name:string, phone:string, city:string) with (pair_delimiter=' ', kv_delimiter='=', greedy=true) | project-away s`,
    rows: ['John Doe|555 5555|New York'],
  },
  {
    name: 'parse-kv without delimiters',
    kql: `print s = "2021-01-01T10:00:34 [INFO] ThreadId:458745723, Machine:Node001, Text: 'The service \\\\' is up'" | parse-kv s as (Text:string, ThreadId:long, Machine:string) with (quote="'", escape='\\\\') | project-away s`,
    rows: ["The service ' is up|458745723|Node001"],
  },
  {
    name: 'parse into a column that is there',
    kql: 'datatable(a:string, b:string, c:long)["x=1,y", "old", 5] | parse a with * "x=" b:long "," * | extend d = b + 1',
    columns: 'a:string c:long b:long d:long',
    rows: ['x=1,y|5|1|2'],
  },
  {
    name: 'parse into its own source',
    kql: 'datatable(a:string)["x=1,y"] | parse a with * "x=" a "," * | summarize by a',
    rows: ['1'],
  },
  {
    name: 'parse-kv into a column that is there',
    kql: 'print b = "b=2, d=4" | parse-kv b as (b:long, d:long) with (pair_delimiter=",", kv_delimiter="=")',
    columns: 'b:long d:long',
    rows: ['2|4'],
  },
  {
    name: 'serialize into a column that is there',
    kql: 'datatable(a:long)[7, 8] | serialize a = row_number()',
    columns: 'a:long',
    rows: ['1', '2'],
  },
  {
    name: 'column_ifexists of another type than its default',
    kql: 'datatable(t:datetime, n:int)[datetime(2024-01-01), 5] | project a = column_ifexists("t", ""), b = column_ifexists("n", ""), c = column_ifexists("x", 7)',
    columns: 'a:datetime b:int c:long',
    rows: ['2024-01-01T00:00:00.0000000Z|5|7'],
  },
  {
    name: 'one of percentiles',
    kql: 'range x from 1 to 4 step 1 | summarize percentiles(x, 50), p = percentiles(x, 100)',
    columns: 'percentile_x_50:long p:long',
    rows: ['2|4'],
  },
  {
    name: 'argmax and its stars',
    kql: 'datatable(a:long, b:string)[1, "x", 2, "y"] | summarize argmax(a, *), argmin(a, b)',
    columns: 'max_a:long max_a_b:string min_a:long min_a_b:string',
    rows: ['2|y|1|x'],
  },
  {
    name: 'mv-apply and mv-expand of a subquery’s list',
    kql: 'let n = datatable(a:string)["x", "y"] | summarize make_list(a); datatable(q:string)["ax", "b"] | mv-apply t = toscalar(n) to typeof(string) on (where q contains t) | mv-expand u = toscalar(n)',
    rows: ['ax|x|"x"', 'ax|x|"y"'],
  },
  {
    name: 'todynamic of what is dynamic',
    kql: 'datatable(a:dynamic)[dynamic([1, 2])] | mv-expand todynamic(a)',
    rows: ['1', '2'],
  },
  { name: 'search in a pipe', kql: `${LOGONS}Logons | search "srv" | project Account`, rows: ['Anna'] },
  {
    name: 'search in tables',
    kql: `${LOGONS}${PROCESSES}search in (Logons, Processes) "srv" | summarize count() by $table`,
    rows: ['Logons|1', 'Processes|2'],
  },
  { name: 'search in a column', kql: `${LOGONS}Logons | search Host:"ws*" | count`, rows: ['3'] },
  {
    name: 'find',
    kql: `${LOGONS}${PROCESSES}find in (Logons, Processes) where Host == "srv-1" project Host, Name`,
    columns: 'source_:string Host:string Name:string',
    rows: ['Logons|srv-1|', 'Processes|srv-1|ntdsutil.exe'],
  },
  // values
  {
    name: 'dynamic comparisons',
    kql: 'print d = dynamic({"n": 5, "s": "x"}) | where d.n > 4 and d.s == "x" | project r = d.n + 1',
    rows: ['6'],
  },
  { name: 'computed keys', kql: 'print d = dynamic({"k": [1, 2]}), k = "k", i = 1 | project d[k][i]', rows: ['2'] },
  {
    name: 'ingestion_time is the event’s',
    kql: 'datatable(TimeGenerated:datetime)[datetime(2024-01-01)] | project ingestion_time()',
    rows: ['2024-01-01T00:00:00.0000000Z'],
  },
  { name: 'no geography', kql: 'print g = tostring(geo_info_from_ip_address("192.0.2.1"))', rows: [''] },
  { name: 'bag_pack_columns', kql: 'print a = 1, b = "x" | project bag_pack_columns(a, b)', rows: ['{"a":1,"b":"x"}'] },
  {
    name: 'top-nested with others',
    kql: `${NUMBERS}N | top-nested 1 of g with others = "rest" by sum(x)`,
    rows: ['c|5', 'rest|6'],
  },
];
