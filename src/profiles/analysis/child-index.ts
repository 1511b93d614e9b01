/** A node of a tree that grows by frames. */
interface Grown<Node> {
  frame: number;
  children: Node[];
}

/** Up to here looking through the children is quicker, and a map of its own for each node would be most of the tree. */
const FEW_CHILDREN = 8;

/** Finds children by their frame while a tree grows, and adds those that are new. */
export class ChildIndex<Node extends Grown<Node>> {
  readonly #byFrame = new Map<Node, Map<number, Node>>();

  /** The parents that were given children, for what is to be done to each once the tree is whole. */
  readonly parents: Node[] = [];

  childOf(parent: Node, frame: number, create: () => Node): Node {
    const { children } = parent;
    const index = this.#byFrame.get(parent);
    const known = index ? index.get(frame) : children.find((child) => child.frame === frame);
    if (known) return known;
    const child = create();
    if (children.length === 0) this.parents.push(parent);
    children.push(child);
    if (index) index.set(frame, child);
    else if (children.length > FEW_CHILDREN) {
      this.#byFrame.set(parent, new Map(children.map((each) => [each.frame, each])));
    }
    return child;
  }
}
