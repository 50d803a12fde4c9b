using BenchmarkDotNet.Running;
using Mina.Benchmarks;

return args switch
{
    [var rows, ..] when Suite.Knows(rows) => Suite.Run(args),
    ["row", var name, .. var rest] => Suite.RunRow(name, rest),
    ["--help" or "-h"] or [] => Suite.Help(),
    _ => BenchmarkSwitcher.FromAssembly(typeof(Suite).Assembly).Run(args).Any() ? 0 : 2,
};
