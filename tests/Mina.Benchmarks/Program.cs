using BenchmarkDotNet.Running;
using Mina.Benchmarks;

return args switch
{
    ["all" or "inference" or "training" or "preprocess" or "startup" or "ingest", ..] => Suite.Run(args),
    ["row", var name, .. var rest] => Suite.RunRow(name, rest),
    ["--help" or "-h"] or [] => Suite.Help(),
    _ => BenchmarkSwitcher.FromAssembly(typeof(Suite).Assembly).Run(args).Any() ? 0 : 2,
};
