using Xunit;

// Three streams of tests, whatever the machine has: they wait more than they work.
[assembly: CollectionBehavior(MaxParallelThreads = 3)]
