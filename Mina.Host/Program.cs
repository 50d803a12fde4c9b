using Mina.Host.Shell;

return await CommandLine.RunAsync(args);
