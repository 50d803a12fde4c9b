if (args is ["network", ..])
    Mina.Benchmarks.NetworkBench.Run(args.Length > 1 ? int.Parse(args[1]) : Environment.ProcessorCount);
else
    BenchmarkDotNet.Running.BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
