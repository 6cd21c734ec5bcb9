import { expect, test } from 'vitest';
import { changedSince, changesIn, SinceError } from './changed.ts';

const DIFF = `diff --git a/impl/one.ts b/impl/one.ts
index 1..2 100644
--- a/impl/one.ts
+++ b/impl/one.ts
@@ -10,2 +10,3 @@ class One {
-a
-b
+c
+d
+e
@@ -40 +41,0 @@ class One {
-gone
diff --git a/impl/two.ts b/impl/two.ts
new file mode 100644
--- /dev/null
+++ b/impl/two.ts
@@ -0,0 +1 @@
+one
diff --git a/impl/three.ts b/impl/three.ts
deleted file mode 100644
--- a/impl/three.ts
+++ /dev/null
@@ -1,2 +0,0 @@
-one
-two
`;

test('a diff names files, and the lines that are new or stand where some are gone', () => {
  expect(changesIn(DIFF)).toEqual([
    { file: 'impl/one.ts', lines: [10, 11, 12, 41] },
    { file: 'impl/two.ts', lines: [1] },
    { file: 'impl/three.ts', lines: [0] },
  ]);
});

test('nothing has changed in an empty diff', () => {
  expect(changesIn('')).toEqual([]);
});

test('what is no commit is said', () => {
  const root = process.cwd();
  expect(() => changedSince(root, '--output=x')).toThrow(SinceError);
  expect(() => changedSince(root, 'no-such-commit')).toThrow(/^git rev-parse failed/);
});
