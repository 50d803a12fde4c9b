using Mina.Host.Models;
using Mina.Host.Shell;

TorchPlugIn.Register();
return await CommandLine.RunAsync(args);
