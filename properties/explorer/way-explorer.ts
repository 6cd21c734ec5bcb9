import type { Order } from '../../traces/explorer/order.ts';
import type { ExplorerState } from '../../traces/explorer/state.ts';
import { type Explorer, type Kept, WrongOrder } from './explorer.ts';

/** What one way of the explorer's is made of, in words. */
export interface WayWords {
  /** What one step of it is called: a step, a move. */
  readonly unit: string;
  /** What there is to say where nothing has been done. */
  readonly start: string;
}

/** Goes along a way step by step, whatever a step is; each order is followed whole or not at all. */
export abstract class WayExplorer<Step> implements Explorer {
  /** The whole way that is known; what is behind `position` can be made again. */
  protected way: readonly Step[] = [];
  protected position = 0;
  protected said: string;
  private readonly words: WayWords;

  constructor(words: WayWords) {
    this.words = words;
    this.said = words.start;
  }

  abstract state(): Promise<ExplorerState>;

  say(text: string): void {
    this.said = text;
  }

  follow(order: Order): Kept | null {
    const { way, position, said } = this;
    try {
      return this.obey(order);
    } catch (error) {
      this.way = way;
      this.position = position;
      this.said = said;
      throw error;
    }
  }

  /** What fails here is taken back. */
  protected obey(order: Order): Kept | null {
    switch (order.kind) {
      case 'choose':
        this.expectAt(order.position);
        this.choose(order.choice);
        return null;
      case 'jump':
        this.jump(order.position);
        return null;
      case 'preemption':
        this.goToPreemption(order.task);
        return null;
      case 'find':
        this.find();
        return null;
      case 'save':
        return this.save(order.as);
      default:
        return order satisfies never;
    }
  }

  protected abstract choose(choice: number): void;
  protected abstract goToPreemption(task: string): void;
  protected abstract find(): void;
  protected abstract save(as: 'trace' | 'litmus'): Kept;

  /** The way up to where we are. */
  protected get path(): readonly Step[] {
    return this.way.slice(0, this.position);
  }

  private expectAt(position: number): void {
    if (position === this.position) return;
    const { unit } = this.words;
    throw new WrongOrder(`the choice was offered at ${unit} ${position}; this is ${this.position}`);
  }

  private jump(position: number): void {
    const { unit, start } = this.words;
    const known = this.way.length;
    if (position > known) {
      throw new WrongOrder(`there is no ${unit} ${position}; ${known} are known`);
    }
    this.position = position;
    this.said = position === 0 ? start : `Back to ${unit} ${position}.`;
  }
}
