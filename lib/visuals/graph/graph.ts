/** A node of a drawn graph. */
export interface GraphNode {
  /** Raw: not cleaned for drawing. */
  readonly label: string;
  /** What it is: its colour and a word in the legend. */
  readonly kind: string;
  /** Further words for its tooltip. */
  readonly detail: string;
  readonly time?: number;
}

export interface GraphEdge {
  readonly from: number;
  readonly to: number;
  readonly weight: number;
  readonly label: string;
}

export interface Graph {
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
}

/** Collects nodes by a key that is theirs alone, and edges whose parallels are counted together. */
export class GraphBuilder {
  readonly #nodes: GraphNode[] = [];
  readonly #edges: { from: number; to: number; weight: number; label: string }[] = [];
  readonly #byKey = new Map<string, number>();
  readonly #byEnds = new Map<string, number>();

  /** The node of that key; made on first mention. */
  node(key: string, make: () => GraphNode): number {
    let index = this.#byKey.get(key);
    if (index === undefined) {
      index = this.#nodes.push(make()) - 1;
      this.#byKey.set(key, index);
    }
    return index;
  }

  edge(from: number, to: number, weight = 1, label = ''): void {
    if (from === to) return;
    const key = `${from} ${to} ${label}`;
    const index = this.#byEnds.get(key);
    if (index === undefined) this.#byEnds.set(key, this.#edges.push({ from, to, weight, label }) - 1);
    else this.#edges[index]!.weight += weight;
  }

  graph(): Graph {
    return { nodes: this.#nodes, edges: this.#edges };
  }
}

/** The nodes of most weight, with the edges between them; `left` counts the others. */
export function largestPart(graph: Graph, maxNodes: number): { graph: Graph; left: number } {
  if (graph.nodes.length <= maxNodes) return { graph, left: 0 };
  const weight = degreesOf(graph);
  const kept = graph.nodes
    .map((_, node) => node)
    .sort((a, b) => weight[b]! - weight[a]! || a - b)
    .slice(0, maxNodes)
    .sort((a, b) => a - b);
  const place = new Map(kept.map((node, index) => [node, index]));
  const edges = graph.edges.flatMap((edge) => {
    const [from, to] = [place.get(edge.from), place.get(edge.to)];
    return from === undefined || to === undefined ? [] : [{ ...edge, from, to }];
  });
  return { graph: { nodes: kept.map((node) => graph.nodes[node]!), edges }, left: graph.nodes.length - maxNodes };
}

/** Number of edges at each node. */
export function degreesOf({ nodes, edges }: Graph): Int32Array {
  const degrees = new Int32Array(nodes.length);
  for (const { from, to } of edges) {
    degrees[from]!++;
    degrees[to]!++;
  }
  return degrees;
}
